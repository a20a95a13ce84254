package io.jenkins.plugins.dedalus.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the demo claims and what it saw, in the order in which it was seen. */
final class Claims {
    private record Claim(String name, String seen) {}

    private final List<Claim> kept = new ArrayList<>();
    private final Map<String, Long> figures = new LinkedHashMap<>();
    private String deviation;

    /**
     * Checks one claim.
     *
     * @param seen what was observed, for the table, or for the sentence if the claim doesn't hold
     * @throws Deviation if it does not hold
     */
    void check(String name, boolean holds, String seen) {
        if (!holds) {
            throw new Deviation("Not so: " + name + ". Seen: " + seen + ".");
        }
        kept.add(new Claim(name, seen));
    }

    /** Keeps a number for {@code --json}. */
    void figure(String name, long value) {
        figures.put(name, value);
    }

    void deviated(String sentence) {
        deviation = sentence;
    }

    void printTable(PrintWriter out) {
        int width = kept.stream().mapToInt(claim -> claim.name().length()).max().orElse(0);
        out.println();
        kept.forEach(claim -> out.println("  ✔ " + pad(claim.name(), width) + "   " + claim.seen()));
        out.println();
        out.flush();
    }

    String toJson(Duration took) {
        ObjectMapper json = new ObjectMapper();
        ObjectNode line = json.createObjectNode().put("ok", deviation == null);
        line.put("seconds", took.toMillis() / 1000.0);
        figures.forEach(line::put);
        ArrayNode claims = line.putArray("claims");
        kept.forEach(claim -> claims.addObject().put("claim", claim.name()).put("seen", claim.seen()));
        if (deviation != null) {
            line.put("deviation", deviation);
        }
        return line.toString();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
