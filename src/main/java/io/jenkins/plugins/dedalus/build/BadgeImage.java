package io.jenkins.plugins.dedalus.build;

import hudson.Util;

/** Draws a badge: a word on grey, a word on a colour. */
final class BadgeImage {
    private static final double CHARACTER = 6.6;
    private static final int PADDING = 6;

    private BadgeImage() {}

    static String of(String left, String right, String color) {
        int leftWidth = width(left);
        int rightWidth = width(right);
        int width = leftWidth + rightWidth;
        String title = Util.escape(left + ": " + right);
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="20" role="img" aria-label="%2$s">\
                <title>%2$s</title>\
                <clipPath id="r"><rect width="%1$d" height="20" rx="3"/></clipPath>\
                <g clip-path="url(#r)"><rect width="%3$d" height="20" fill="#495057"/><rect x="%3$d" width="%4$d" \
                height="20" fill="%5$s"/></g>\
                <g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">\
                <text x="%6$d" y="14">%7$s</text><text x="%8$d" y="14">%9$s</text></g></svg>\
                """.formatted(
                        width,
                        title,
                        leftWidth,
                        rightWidth,
                        color,
                        leftWidth / 2,
                        Util.escape(left),
                        leftWidth + rightWidth / 2,
                        Util.escape(right));
    }

    private static int width(String text) {
        return (int) Math.round(text.length() * CHARACTER) + 2 * PADDING;
    }
}
