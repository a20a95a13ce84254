package bench;

import java.util.List;
import java.util.Locale;

/**
 * One line of the results.
 *
 * @param what was measured
 * @param nginx what nginx gave, or what it is compared with
 * @param ours what our router gave
 * @param ratio ours to theirs; empty where there is none
 * @param goal the goal, and whether it was met
 */
record Row(String what, String nginx, String ours, String ratio, String goal) {
    static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : value >= 1 ? "%.1f" : "%.2f", value);
    }

    static String goal(String words, boolean met) {
        return words + (met ? ": met" : ": **missed**");
    }

    static String table(List<Row> rows) {
        StringBuilder text = new StringBuilder("| measured | nginx | ours | ratio | goal |\n|---|---|---|---|---|\n");
        rows.forEach(row -> text.append("| " + row.what + " | " + row.nginx + " | " + row.ours + " | " + row.ratio + " | "
                + row.goal + " |\n"));
        return text.toString();
    }
}
