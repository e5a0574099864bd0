package io.idagent.lab;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests that need hypervisors with a kernel of their own, for real NFS: as {@link NeedsLab}, but much slower, so that only
 * {@code deploy/test --nfs} runs them. Each test that passes prints a line with its name and how long it took.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("nfs")
@ExtendWith({LabExtension.class, PassedLines.class})
public @interface NeedsVirtualMachines {}
