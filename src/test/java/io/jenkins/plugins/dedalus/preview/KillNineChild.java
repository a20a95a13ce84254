package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.preview.engine.CrashSeam;
import io.jenkins.plugins.dedalus.preview.ledger.FileLedgerStorage;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import java.nio.file.Path;

/** A process that ends without a word at its n-th step around a create, an expose or a delete. */
final class KillNineChild {
    static final int KILLED = 137;

    private int left;
    private boolean near;

    private KillNineChild(int step) {
        this.left = step;
    }

    private synchronized void reach(String point) {
        boolean call = point.matches("(before|after) (create|expose|delete)");
        if (!point.startsWith("ledger")) {
            near = call;
        }
        boolean recorded = near && point.equals("ledger: renamed");
        if (call || recorded || point.equals("ledger: deleted")) {
            near = call;
            left--;
            if (left == 0) {
                Runtime.getRuntime().halt(KILLED);
            }
        }
    }

    /** Arguments: API address, key, ledger directory, ensure or teardown, the step to die at. */
    public static void main(String[] args) {
        CrashSeam seam = new KillNineChild(Integer.parseInt(args[4]))::reach;
        DedalusClient client =
                DedalusClient.builder().baseUrl(args[0]).apiKey(args[1]).build();
        PreviewLedger ledger = PreviewLedger.open(Path.of(args[2]), new FileLedgerStorage(seam));
        WakeGate gate = WakeGate.builder().client(client).build();
        PreviewLifecycle lifecycle = PreviewLifecycle.builder()
                .client(client)
                .ledger(ledger)
                .gate(gate)
                .settings(KillNineTest.FAST)
                .seam(seam)
                .build();
        PreviewOperation operation = args[3].equals("ensure")
                ? lifecycle.ensure(
                        Bench.request(KillNineTest.BARE, Long.parseLong(args[5]), Bench.COMMIT_A),
                        ProgressListener.NONE)
                : lifecycle.teardown(Bench.KEY, Teardown.now("closed"), ProgressListener.NONE);
        operation.result().join();
        lifecycle.close();
        gate.close();
        ledger.close();
        client.close();
        System.exit(0);
    }
}
