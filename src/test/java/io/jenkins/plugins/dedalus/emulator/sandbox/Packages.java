package io.jenkins.plugins.dedalus.emulator.sandbox;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The packages that machines can install without a network: a directory with one directory each, in which {@code root} is laid
 * over {@code /} and {@code postinst}, if there is one, is run after that. Machines find an {@code apt-get} and a {@code
 * dpkg-query} of their own first, which know these. Where machines have no root file system of their own nothing can be
 * installed: there all packages count as installed, and their programs are on the path.
 */
final class Packages {
    private static final List<String> PROGRAMS = List.of("apt-get", "dpkg-query", "dpkg");
    private static final String KEPT = "/var/lib/emulated-packages";
    private static final int DEEP = 8;

    private final List<String> names;
    private final String first;

    private Packages(List<String> names, String first) {
        this.names = names;
        this.first = first;
    }

    /** None: machines find what this host has. */
    static Packages none() {
        return new Packages(List.of(), "");
    }

    /**
     * Lays the machines' tools out.
     *
     * @param root of the emulator's files
     * @param provided the directory of packages
     * @param layered whether machines have a root file system of their own
     */
    static Packages lay(Path root, Path provided, boolean layered) throws IOException {
        Path from = provided.toRealPath();
        List<String> names = names(from);
        Path tools = Files.createDirectories(root.resolve("tools"));
        String script;
        try (InputStream in = Packages.class.getResourceAsStream("apt.sh")) {
            script = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@PROVIDED@", quoted(from))
                    .replace("@KEPT@", layered ? KEPT : "")
                    .replace("@TOOLS@", quoted(tools));
        }
        for (String name : PROGRAMS) {
            Path program = Files.writeString(tools.resolve(name), script);
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        StringBuilder first = new StringBuilder(tools.toString());
        if (!layered) {
            programs(from).forEach(bin -> first.append(File.pathSeparatorChar).append(bin));
        }
        return new Packages(names, first.append(File.pathSeparatorChar).toString());
    }

    private static List<String> names(Path from) throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> all = Files.list(from)) {
            for (Path one : all.filter(Files::isDirectory).sorted().toList()) {
                if (!Files.isDirectory(one.resolve("root"))) {
                    throw new IOException("The package " + one + " has no directory 'root' with its files.");
                }
                names.add(one.getFileName().toString());
            }
        }
        if (names.isEmpty()) {
            throw new IOException("There is no package in " + from + ": each is a directory with a directory 'root'.");
        }
        return names;
    }

    private static List<Path> programs(Path from) throws IOException {
        try (Stream<Path> all = Files.find(from, DEEP, (path, kind) -> kind.isDirectory() && path.endsWith("bin"))) {
            return all.sorted().toList();
        }
    }

    /** For a shell, between single quotes. */
    private static String quoted(Path path) {
        return path.toString().replace("'", "'\\''");
    }

    /** The packages that there are. */
    List<String> names() {
        return names;
    }

    /** The path on which a machine looks for programs; {@code host}: this host's, may be null. */
    String path(String host) {
        return host == null && first.isEmpty() ? null : first + (host == null ? "/usr/bin:/bin" : host);
    }
}
