package io.idagent.platform;

import java.util.Optional;

/** Whether a host can give a guest the CPU it has: what {@code virConnectCompareHypervisorCPU} wants to know. */
public record CpuQuestion(
        Optional<String> emulator, Optional<String> arch, Optional<String> machine, String virtType, String cpu) {}
