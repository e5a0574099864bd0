package io.idagent.lab;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests that need real hypervisors. Each test gets a {@link Lab} of its own as a parameter; whatever it booted is taken
 * down after it, however it ended. A parameter of a {@code @BeforeAll} method lives as long as the class.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("lab")
@ExtendWith(LabExtension.class)
public @interface NeedsLab {}
