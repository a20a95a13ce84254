package io.jenkins.plugins.dedalus.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** What runs on an emulated machine: says who it is, counts in memory, digests bodies, echoes WebSockets. */
final class MachineApp {
    private static final int PIECE = 64 * 1024;
    private static final int BIG = 200_000;

    private final String name;
    private final AtomicInteger hits = new AtomicInteger();
    private final AtomicInteger posts = new AtomicInteger();

    private MachineApp(String name) {
        this.name = name;
    }

    /** The class path that it needs: a short one starts fast. */
    static Path classes() {
        try {
            return Path.of(MachineApp.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Arguments: its name. Listens on PORT, for good. */
    public static void main(String[] args) throws IOException, InterruptedException {
        MachineApp app = new MachineApp(args[0]);
        RawUpstream server = new RawUpstream(app::answer, Integer.parseInt(System.getenv("PORT")));
        new CountDownLatch(1).await();
        server.close();
    }

    private void answer(RawUpstream.Request request, OutputStream out) throws IOException, InterruptedException {
        if (request.header("Upgrade") != null) {
            WebSockets.echo(request, out);
            return;
        }
        switch (request.target()) {
            case "/hits" -> RawUpstream.respond(out, 200, Integer.toString(hits.incrementAndGet()));
            case "/posts" -> RawUpstream.respond(out, 200, Integer.toString(posts.get()));
            case "/big" -> RawUpstream.respond(out, 200, "x".repeat(BIG));
            case "/digest" -> {
                posts.incrementAndGet();
                RawUpstream.respond(out, 200, digest(request.in(), Integer.parseInt(request.header("Content-Length"))));
            }
            default -> RawUpstream.respond(out, 200, name);
        }
    }

    static String digest(InputStream in, int length) throws IOException {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[PIECE];
            int left = length;
            while (left > 0) {
                int read = in.read(piece, 0, Math.min(piece.length, left));
                if (read < 0) {
                    return "cut off";
                }
                sha.update(piece, 0, read);
                left -= read;
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
