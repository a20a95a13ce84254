package io.jenkins.plugins.dedalus.proxy.header;

/** A fixed set of ASCII header names, asked without regard to case and without making a lower-case copy. */
final class NameSet {
    private final String[] table;
    private final int mask;

    private NameSet(int size) {
        table = new String[size];
        mask = size - 1;
    }

    static NameSet of(String... names) {
        NameSet set = new NameSet(Integer.highestOneBit(Math.max(1, names.length)) * 4);
        for (String name : names) {
            set.put(name);
        }
        return set;
    }

    boolean contains(String name) {
        int i = hash(name) & mask;
        String candidate = table[i];
        while (candidate != null) {
            if (candidate.equalsIgnoreCase(name)) {
                return true;
            }
            i = i + 1 & mask;
            candidate = table[i];
        }
        return false;
    }

    private void put(String name) {
        int i = hash(name) & mask;
        while (table[i] != null) {
            i = i + 1 & mask;
        }
        table[i] = name;
    }

    private static int hash(String name) {
        int hash = name.length();
        for (int i = 0; i < name.length(); i++) {
            hash = hash * 31 + (name.charAt(i) | 0x20);
        }
        return hash ^ hash >>> 15;
    }
}
