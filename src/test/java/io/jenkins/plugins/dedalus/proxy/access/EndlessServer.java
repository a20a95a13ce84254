package io.jenkins.plugins.dedalus.proxy.access;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Begins an answer to whatever is asked and never ends it: says nothing more, or more than anybody can keep. */
public final class EndlessServer implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final boolean flood;

    /** @param flood whether it goes on sending */
    public EndlessServer(boolean flood) throws IOException {
        this.flood = flood;
        Thread accepting = new Thread(this::accept, "endless");
        accepting.setDaemon(true);
        accepting.start();
    }

    /** Its root address. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                Thread answering = new Thread(() -> answer(socket), "endless answer");
                answering.setDaemon(true);
                answering.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void answer(Socket socket) {
        try {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            while (!in.readLine().isEmpty()) {
                // The request's head says nothing of interest.
            }
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String spaces = " ".repeat(0x10000);
            byte[] chunk = ("10000\r\n" + spaces + "\r\n").getBytes(StandardCharsets.US_ASCII);
            while (flood) {
                out.write(chunk);
            }
        } catch (IOException e) {
            // Whoever asked has had enough, which is what a test wants to see.
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
