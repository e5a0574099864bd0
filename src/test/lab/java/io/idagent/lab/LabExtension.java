package io.idagent.lab;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives a test its {@link Lab}, and shows what was run there when the test fails. JUnit closes the lab. */
final class LabExtension implements ParameterResolver, AfterTestExecutionCallback {

    private static final Namespace NAMESPACE = Namespace.create(LabExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Lab.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        boolean machines = context.getRequiredTestClass().isAnnotationPresent(NeedsVirtualMachines.class);
        return context.getStore(NAMESPACE)
                .computeIfAbsent(Lab.class, key -> machines ? Lab.ofVirtualMachines() : new Lab(), Lab.class);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        Lab lab = context.getStore(NAMESPACE).get(Lab.class, Lab.class);
        if (lab != null && context.getExecutionException().isPresent()) {
            System.err.printf("What %s did in the lab:%n%s%n", context.getDisplayName(), lab.transcript());
        }
    }
}
