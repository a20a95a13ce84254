package io.jenkins.plugins.dedalus.accounts;

import hudson.util.AtomicFileWriter;
import io.jenkins.plugins.dedalus.client.EventReader;
import io.jenkins.plugins.dedalus.client.call.ByteBudget;
import io.jenkins.plugins.dedalus.config.Account;
import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The engines of all accounts. The global one's ledger is {@code ledger/}; that of a folder's is
 * {@code accounts/<some id>/ledger/}, beside a file that names the account. Thread-safe.
 */
final class AccountEngines implements AutoCloseable {
    private static final String NAME_FILE = "account.txt";

    private final AccountEngine.Shared shared =
            new AccountEngine.Shared(new ByteBudget(4L * EventReader.LARGEST_PAGE), new MachineRoom(this::all));

    private final Path root;
    private final Function<ExposedPort, String> publicUrl;
    private final List<Opened> engines = new CopyOnWriteArrayList<>();

    private record Opened(AccountEngine engine, Path home) {}

    /** Opens the global ledger and every account's that is there. */
    AccountEngines(Path root, Function<ExposedPort, String> publicUrl) {
        this.root = root;
        this.publicUrl = publicUrl;
        try {
            open(Account.GLOBAL, root);
            openOthers();
        } catch (LedgerException e) {
            close();
            throw e;
        }
    }

    private void openOthers() {
        Path accounts = root.resolve("accounts");
        if (!Files.isDirectory(accounts)) {
            return;
        }
        try (Stream<Path> homes = Files.list(accounts)) {
            for (Path home : homes.sorted().toList()) {
                Path name = home.resolve(NAME_FILE);
                if (Files.isRegularFile(name)) {
                    open(Account.parse(Files.readString(name).trim()), home);
                }
            }
        } catch (IOException e) {
            throw new LedgerException("The accounts in " + accounts + " can't be read: " + e.getMessage() + ".", e);
        }
    }

    private AccountEngine open(Account account, Path home) {
        AccountEngine engine = new AccountEngine(account, home.resolve("ledger"), publicUrl, shared);
        engines.add(new Opened(engine, home));
        return engine;
    }

    List<AccountEngine> all() {
        return engines.stream().map(Opened::engine).toList();
    }

    /** The global account's. */
    AccountEngine global() {
        return engines.get(0).engine();
    }

    /** The engine whose ledger knows the preview; one that only remembers it as closed if no other does. */
    Optional<AccountEngine> of(PreviewKey key) {
        return all().stream().filter(engine -> engine.owns(key)).findFirst().or(() -> all().stream()
                .filter(engine -> engine.ledger().get(key).isPresent())
                .findFirst());
    }

    /** The engine of an account, if it has one already. */
    Optional<AccountEngine> of(Account account) {
        return all().stream().filter(engine -> engine.account().equals(account)).findFirst();
    }

    /** The engine of an account; a new one makes its directory. */
    synchronized AccountEngine ofOrNew(Account account) {
        return of(account).orElseGet(() -> {
            Path home = root.resolve("accounts").resolve(UUID.randomUUID().toString());
            writeName(home, account);
            return open(account, home);
        });
    }

    /** A folder, or one around it, has another name now. */
    synchronized void moved(String oldName, String newName) {
        for (Opened opened : engines) {
            Account account = opened.engine().account();
            if (!account.isGlobal() && (account.context() + "/").startsWith(oldName + "/")) {
                String context = newName + account.context().substring(oldName.length());
                Account followed = new Account(account.credentialsId(), context);
                writeName(opened.home(), followed);
                opened.engine().account(followed);
            }
        }
    }

    private static void writeName(Path home, Account account) {
        try {
            Files.createDirectories(home);
            try (AtomicFileWriter out = new AtomicFileWriter(home.resolve(NAME_FILE), StandardCharsets.UTF_8)) {
                out.write(account.reference());
                out.commit();
            }
        } catch (IOException e) {
            throw new LedgerException("The name of " + account + " can't be written to " + home + ".", e);
        }
    }

    @Override
    public void close() {
        engines.forEach(opened -> opened.engine().close());
        engines.clear();
    }
}
