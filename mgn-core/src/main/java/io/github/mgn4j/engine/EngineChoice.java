package io.github.mgn4j.engine;

import io.github.mgn4j.internal.io.Services;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds and opens the requested engine among the available providers. */
final class EngineChoice {
    private static final Logger LOG = LoggerFactory.getLogger(EngineChoice.class);

    private final List<EngineProvider> all;
    private final List<String> passedOver;

    /**
     * Creates a choice among providers.
     *
     * @param all the providers, in descending order of preference
     * @param passedOver providers that could not be loaded, each with the reason
     */
    EngineChoice(List<EngineProvider> all, List<String> passedOver) {
        this.all = all;
        this.passedOver = passedOver;
    }

    /** Opens an engine as {@link Engines#open(String, Model, EngineOptions, List)} does. */
    Engine open(String name, Model model, EngineOptions options, List<Integer> devices) {
        EngineProvider provider = provider(name, model.spec(), options.precision());
        check(provider, devices);
        return devices.size() == 1
                ? provider.open(model, options.withDevice(devices.get(0)))
                : EngineGroup.open(provider, model, options, devices);
    }

    private EngineProvider provider(String name, MgnSpec spec, Precision precision) {
        boolean any = name.equals(Engines.AUTO);
        List<EngineProvider> named =
                all.stream().filter(p -> any || p.name().equals(name)).toList();
        if (named.isEmpty()) {
            String missing = passedOver.isEmpty() ? "" : "; passed over: " + String.join(", ", passedOver);
            throw new EngineException(
                    "unknown engine '%s'; on the class path: %s%s".formatted(name, names(all), missing));
        }
        List<String> refusals = new ArrayList<>();
        for (EngineProvider candidate : named) {
            if (isAvailable(candidate) && candidate.precisions().contains(precision)) {
                Optional<String> refusal = candidate.refusal(spec, precision);
                if (refusal.isPresent()) {
                    LOG.debug("engine {} does not take it: {}", candidate.name(), refusal.get());
                    refusals.add(refusal.get());
                    continue;
                }
                if (any) {
                    LOG.info("engine {} takes the network in {}", candidate.name(), precision.label());
                }
                return candidate;
            }
            if (any) {
                LOG.debug("engine {} does not take it: it {}", candidate.name(), reason(candidate, precision));
            }
        }
        if (!refusals.isEmpty()) {
            throw new EngineException(String.join("; ", refusals));
        }
        throw new EngineException(any ? refusal(precision) : refusal(named.get(0), precision));
    }

    private String refusal(Precision precision) {
        return "no engine has %s here; on the class path: %s".formatted(precision.label(), names(all));
    }

    /** Explains why a provider that was requested by name cannot be used, and lists those that can. */
    private String refusal(EngineProvider requested, Precision precision) {
        List<EngineProvider> others =
                all.stream().filter(EngineChoice::isAvailable).toList();
        return "the engine %s %s; those that can run: %s"
                .formatted(requested.name(), reason(requested, precision), names(others));
    }

    private static String reason(EngineProvider provider, Precision precision) {
        return isAvailable(provider)
                ? "has %s, not %s".formatted(formats(provider), precision.label())
                : "cannot run here: " + unavailableReason(provider);
    }

    private static boolean isAvailable(EngineProvider provider) {
        try {
            return provider.available();
        } catch (LinkageError e) {
            return false;
        }
    }

    private static String unavailableReason(EngineProvider provider) {
        try {
            return provider.unavailableReason();
        } catch (LinkageError e) {
            return Services.lacking(e);
        }
    }

    private static void check(EngineProvider provider, List<Integer> devices) {
        int count = provider.devices();
        if (devices.isEmpty()) {
            throw new DeviceException("at least one device is expected, found none");
        }
        if (count == 0 && devices.size() > 1) {
            throw new DeviceException(
                    "the engine %s computes on the processor: it has no devices to share the work, but %s were asked for"
                            .formatted(provider.name(), devices));
        }
        Set<Integer> seen = new HashSet<>();
        for (int device : devices) {
            if (device < 0) {
                throw new DeviceException("devices must be at least 0, not " + device);
            }
            if (!seen.add(device)) {
                throw new DeviceException("device %s is named twice in %s".formatted(device, devices));
            }
            if (count > 0 && device >= count) {
                throw new DeviceException("the engine %s finds %s here, counted from 0: there is no device %s"
                        .formatted(provider.name(), count == 1 ? "1 device" : count + " devices", device));
            }
        }
    }

    private static String names(List<EngineProvider> providers) {
        return providers.isEmpty()
                ? "none"
                : providers.stream()
                        .map(p -> p.name() + " "
                                + (isAvailable(p) ? formats(p) : "(cannot run here: " + unavailableReason(p) + ")"))
                        .collect(Collectors.joining(", "));
    }

    private static String formats(EngineProvider provider) {
        return new TreeSet<>(provider.precisions())
                .stream().map(Precision::label).collect(Collectors.joining(", ", "[", "]"));
    }
}
