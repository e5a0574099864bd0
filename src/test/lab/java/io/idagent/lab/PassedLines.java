package io.idagent.lab;

import java.time.Duration;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestWatcher;

/** Prints a line for each test that passed: of long ones one wants to see that they go on. */
final class PassedLines implements BeforeTestExecutionCallback, TestWatcher {

    private static final Namespace NAMESPACE = Namespace.create(PassedLines.class);

    @Override
    public void beforeTestExecution(ExtensionContext context) {
        context.getStore(NAMESPACE).put(context.getUniqueId(), System.nanoTime());
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        long began = context.getStore(NAMESPACE).get(context.getUniqueId(), long.class);
        long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
        System.out.printf("passed  %-105s %4d s%n", context.getDisplayName(), seconds);
    }
}
