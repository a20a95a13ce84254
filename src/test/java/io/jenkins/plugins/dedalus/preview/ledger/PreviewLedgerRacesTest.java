package io.jenkins.plugins.dedalus.preview.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.preview.engine.CrashSeam;
import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.testing.Interleavings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens between two steps of a write: what is remembered is what is on the disk, and every change is heard once. */
class PreviewLedgerRacesTest {
    private static final PreviewKey KEY = PreviewKey.of("github.com/acme/shop", "1");
    private static final PreviewKey OTHER = PreviewKey.of("github.com/acme/shop", "2");

    @TempDir
    Path directory;

    private final AtomicInteger runs = new AtomicInteger();

    /** A ledger whose writes may be stopped wherever they reach the disk, and what was heard of it. */
    private final class Played implements Interleavings.Case {
        private final Path where;
        private final PreviewLedger ledger;
        private final List<Change> heard = Collections.synchronizedList(new ArrayList<>());
        private final AtomicInteger refused = new AtomicInteger();
        private final Consumer<Played> first;
        private final Consumer<Played> second;
        private final Consumer<Played> more;

        Played(Runnable seam, int failing, Consumer<Played> first, Consumer<Played> second, Consumer<Played> more) {
            this.first = first;
            this.second = second;
            this.more = more;
            where = directory.resolve(Integer.toString(runs.incrementAndGet()));
            AtomicInteger forced = new AtomicInteger();
            ledger = PreviewLedger.open(where, new FileLedgerStorage(CrashSeam.NONE) {
                @Override
                public void writeForced(Path file, byte[] content) throws IOException {
                    seam.run();
                    super.writeForced(file, content);
                    seam.run();
                }

                @Override
                public void moveAtomically(Path from, Path to) throws IOException {
                    super.moveAtomically(from, to);
                    seam.run();
                }

                @Override
                public void delete(Path file) throws IOException {
                    super.delete(file);
                    seam.run();
                }

                @Override
                public void forceDirectory(Path all) throws IOException {
                    seam.run();
                    if (forced.incrementAndGet() == failing) {
                        throw new IOException("No such device");
                    }
                    seam.run();
                }
            });
            ledger.listen((was, is) -> {
                heard.add(new Change(Optional.ofNullable(was), Optional.ofNullable(is)));
                seam.run();
            });
        }

        void put(PreviewKey key, String problem) {
            try {
                ledger.put(record(key, problem));
            } catch (LedgerException e) {
                refused.incrementAndGet();
            }
        }

        @Override
        public void first() {
            first.accept(this);
        }

        @Override
        public void second() {
            second.accept(this);
        }

        @Override
        public void check() throws IOException {
            more.accept(this);
            Optional<PreviewRecord> last = Optional.empty();
            for (Change change : heard) {
                if (change.key().equals(KEY)) {
                    assertThat(change.before())
                            .as("each change follows the last")
                            .isEqualTo(last);
                    last = change.after();
                }
            }
            assertThat(ledger.get(KEY)).isEqualTo(last);
            List<PreviewRecord> remembered = ledger.list();
            ledger.close();
            try (PreviewLedger again = PreviewLedger.open(where)) {
                assertThat(again.list()).isEqualTo(remembered);
                assertThat(again.messages()).isEmpty();
            }
        }
    }

    private record Change(Optional<PreviewRecord> before, Optional<PreviewRecord> after) {
        PreviewKey key() {
            return before.or(() -> after).orElseThrow().key();
        }
    }

    private static PreviewRecord record(PreviewKey key, String problem) {
        return new PreviewRecordBuilder(key)
                .label(key.id())
                .state(PreviewState.FAILED)
                .problem(problem)
                .createdAt(Instant.EPOCH)
                .build();
    }

    private void play(Consumer<Played> first, Consumer<Played> second, Consumer<Played> more) throws Exception {
        play(0, first, second, more);
    }

    /** @param failing which forcing of the directory fails; 0 for none */
    private void play(int failing, Consumer<Played> first, Consumer<Played> second, Consumer<Played> more)
            throws Exception {
        int seams = Interleavings.play(seam -> new Played(seam, failing, first, second, more));
        assertThat(seams).as("places to stop at").isGreaterThan(2);
    }

    @Test
    void twoWritesOfOneRecordComeOneAfterTheOther() throws Exception {
        play(played -> played.put(KEY, "one"), played -> played.put(KEY, "two"), played -> {
            assertThat(played.refused).hasValue(0);
            assertThat(played.heard).hasSize(2);
        });
    }

    @Test
    void whatIsForgottenMeanwhileIsGoneOrThere() throws Exception {
        play(
                played -> {
                    played.put(KEY, "one");
                    played.ledger.forget(KEY);
                    played.put(KEY, "two");
                },
                played -> played.ledger.forget(KEY),
                played -> assertThat(played.refused).hasValue(0));
    }

    @Test
    void writesOfDifferentRecordsShareADirectory() throws Exception {
        play(played -> played.put(KEY, "one"), played -> played.put(OTHER, "two"), played -> {
            assertThat(played.refused).hasValue(0);
            assertThat(played.ledger.list()).hasSize(2);
        });
    }

    @Test
    void aDirectoryThatWasNotForcedFailsThoseWhoRelyOnItAndNobodyElse() throws Exception {
        for (int failing = 1; failing <= 2; failing++) {
            play(failing, played -> played.put(OTHER, "one"), played -> played.put(OTHER, "two"), played -> {
                assertThat(played.refused).hasValue(1);
                // Whichever failed is tried again by whoever made it.
                played.put(OTHER, "three");
                assertThat(played.refused).hasValue(1);
            });
        }
    }

    @Test
    void aLedgerThatIsClosedMeanwhileHasWrittenAllOrNothing() throws Exception {
        play(played -> played.put(KEY, "one"), played -> played.ledger.close(), played -> {
            try (PreviewLedger again = PreviewLedger.open(played.where)) {
                assertThat(again.list()).hasSize(1 - played.refused.get());
            }
        });
    }

    @Test
    void whoListensFromNowOnHearsOfARecordOnce() throws Exception {
        List<PreviewRecord> late = Collections.synchronizedList(new ArrayList<>());
        play(
                played -> played.put(KEY, "one"),
                played -> {
                    late.clear();
                    played.ledger.listen((was, is) -> late.add(is));
                },
                played -> assertThat(late).containsExactly(record(KEY, "one")));
    }
}
