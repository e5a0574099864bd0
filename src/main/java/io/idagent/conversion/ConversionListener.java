package io.idagent.conversion;

import java.time.Duration;

/** Follows a conversion while it happens. */
public interface ConversionListener {

    void started(Step step);

    /** @param total 0 where it is not known beforehand */
    void progress(Step step, long done, long total);

    /** @param result what came of it, in a few words; may be empty */
    void done(Step step, Duration took, String result);

    void failed(Step step, String why);

    void undoing(Step step);

    /** For those who do not care. */
    ConversionListener NONE = new ConversionListener() {
        @Override
        public void started(Step step) {}

        @Override
        public void progress(Step step, long done, long total) {}

        @Override
        public void done(Step step, Duration took, String result) {}

        @Override
        public void failed(Step step, String why) {}

        @Override
        public void undoing(Step step) {}
    };
}
