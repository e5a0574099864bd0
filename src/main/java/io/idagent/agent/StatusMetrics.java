package io.idagent.agent;

import io.idagent.agent.StatusDocument.AccountDocument;
import io.idagent.agent.StatusDocument.FilesDocument;
import io.idagent.assessment.State;
import io.idagent.conversion.ConversionOutcome;
import io.idagent.ownership.Tally;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The status as numbers for Prometheus. What is not known is NaN, as Prometheus has it, and never 0. */
public final class StatusMetrics {

    private static final String PREFIX = "libvirt.id.agent.";

    private final MeterRegistry registry;
    private final Supplier<Optional<Published>> source;
    private final MultiGauge blockers;
    private final Set<String> accounts = new HashSet<>();

    public StatusMetrics(MeterRegistry registry, Supplier<Optional<Published>> source, String version) {
        this.registry = registry;
        this.source = source;
        this.blockers = MultiGauge.builder(PREFIX + "blockers")
                .description("What forbids a conversion now, by kind")
                .register(registry);
        states();
        gauge("ready", "Whether this host can take part in live migration: 1 yes, 0 no", this::ready);
        gauge(
                "guests",
                "Guests that run on this host",
                published -> published.status().guests().map(guests -> (double) guests.size()));
        gauge(
                "leftovers",
                "Files that carry an id of the account that is not the target",
                p -> files(p, FilesDocument::leftovers));
        gauge(
                "orphans",
                "Files in the roots without a named owner that would become the account's",
                p -> files(p, FilesDocument::adoptableOrphans));
        gauge(
                "last.inspection.timestamp.seconds",
                "When the host was last looked at",
                published -> Optional.of(published.inspectedAt().toEpochMilli() / 1000.0));
        gauge(
                "last.conversion.duration.seconds",
                "How long the last conversion took",
                p -> last(p, ConversionOutcome::duration));
        gauge(
                "last.conversion.libvirt.down.seconds",
                "How long libvirt was down in the last conversion",
                p -> last(p, ConversionOutcome::libvirtDown));
        gauge(
                "grants",
                "Images to which other hosts' numbers were given access that was not taken back yet",
                p -> p.status().grants().map(grants -> (double) grants.count()));
        gauge("grants.oldest.age.seconds", "How long the first of them has been out; 0: none is", p -> p.status()
                .grants()
                .map(grants -> grants.oldestAt()
                        .map(at ->
                                (double) Duration.between(at, p.inspectedAt()).toSeconds())
                        .orElse(0.0)));
        conversions();
        Gauge.builder(PREFIX + "build.info", () -> 1)
                .description("The version of the agent")
                .tag("version", version)
                .register(registry);
    }

    /** The same for a file: in Prometheus's text format, each metric with its help and its type. */
    // Deprecated by Micrometer for a successor that Quarkus does not use yet: two registries would be one too many.
    @SuppressWarnings("deprecation")
    public static String exposition(Published published) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new StatusMetrics(registry, () -> Optional.of(published), VersionNumber.get()).refresh();
        return registry.scrape();
    }

    /** Takes up what has names of its own since the last time: accounts and kinds of blockers. */
    public void refresh() {
        source.get().ifPresent(published -> {
            published.status().accounts().stream()
                    .filter(account -> accounts.add(account.user()))
                    .forEach(this::account);
            blockers.register(
                    published.status().blockers().stream()
                            .collect(Collectors.groupingBy(StatusDocument.Obstacle::kind, Collectors.counting()))
                            .entrySet()
                            .stream()
                            .map(kind -> MultiGauge.Row.of(Tags.of("kind", kind.getKey()), kind.getValue()))
                            .collect(Collectors.toList()),
                    true);
        });
    }

    private void states() {
        for (State state : State.values()) {
            Gauge.builder(PREFIX + "state", () -> source.get()
                            .map(published -> published.status().state().equals(state.name()) ? 1.0 : 0.0)
                            .orElse(Double.NaN))
                    .description("The state of the host: 1 for the one it is in")
                    .tag("state", state.name())
                    .register(registry);
        }
    }

    private void account(AccountDocument account) {
        id("account.uid", "The uid the account has", account, now -> now.uid().map(uid -> (double) uid.value()));
        id(
                "account.target.uid",
                "The uid the account shall have",
                account,
                now -> Optional.of((double) now.targetUid().value()));
        id("account.gid", "The gid the account's group has", account, now -> now.gid()
                .map(gid -> (double) gid.value()));
        id(
                "account.target.gid",
                "The gid the account's group shall have",
                account,
                now -> Optional.of((double) now.targetGid().value()));
    }

    private void id(
            String name, String text, AccountDocument account, Function<AccountDocument, Optional<Double>> value) {
        Gauge.builder(PREFIX + name, () -> source.get().stream()
                        .flatMap(published -> published.status().accounts().stream())
                        .filter(now -> now.user().equals(account.user()))
                        .findFirst()
                        .flatMap(value)
                        .orElse(Double.NaN))
                .description(text)
                .tag("account", account.user())
                .register(registry);
    }

    private void conversions() {
        for (ConversionOutcome.Result result : ConversionOutcome.Result.values()) {
            String name = result.key();
            FunctionCounter.builder(PREFIX + "conversions", source, from -> from.get()
                            .map(published -> published.conversionsByResult().getOrDefault(name, 0L))
                            .orElse(0L))
                    .description("Conversions of this host so far, by how they ended")
                    .tag("outcome", name)
                    .register(registry);
        }
    }

    private void gauge(String name, String text, Function<Published, Optional<Double>> value) {
        Gauge.builder(PREFIX + name, () -> source.get().flatMap(value).orElse(Double.NaN))
                .description(text)
                .register(registry);
    }

    private Optional<Double> ready(Published published) {
        return switch (published.readiness()) {
            case READY -> Optional.of(1.0);
            case NOT_READY -> Optional.of(0.0);
            case UNKNOWN -> Optional.empty();
        };
    }

    private static Optional<Double> files(Published published, Function<FilesDocument, Tally> which) {
        return published.status().files().map(files ->
                (double) which.apply(files).files());
    }

    private static Optional<Double> last(Published published, Function<ConversionOutcome, Duration> which) {
        return published
                .status()
                .lastConversion()
                .flatMap(StatusDocument.LastConversion::outcome)
                .map(outcome -> which.apply(outcome).toNanos() / 1e9);
    }
}
