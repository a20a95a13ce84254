package io.jenkins.plugins.dedalus.proxy.viewer;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** The front proxies whose word about the viewer is believed. */
public final class TrustedProxies {
    private final List<IpSubnetFilterRule> rules = new ArrayList<>();

    /** Parses addresses and CIDR blocks; throws {@link IllegalArgumentException} naming the bad one. */
    public TrustedProxies(List<String> blocks) {
        for (String block : blocks) {
            int slash = block.indexOf('/');
            String address = slash < 0 ? block : block.substring(0, slash);
            boolean v6 = NetUtil.isValidIpV6Address(address);
            if (!v6 && !NetUtil.isValidIpV4Address(address)) {
                throw new IllegalArgumentException(
                        "Trusted proxy '" + block + "' is not an IP address or a block like 10.0.0.0/8.");
            }
            try {
                int prefix = slash < 0 ? v6 ? 128 : 32 : Integer.parseInt(block.substring(slash + 1));
                rules.add(new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("Trusted proxy '" + block + "' has no valid prefix length.", e);
            }
        }
    }

    /** Whether this address literal is a trusted front proxy's. */
    boolean trusts(String address) {
        if (rules.isEmpty() || !NetUtil.isValidIpV4Address(address) && !NetUtil.isValidIpV6Address(address)) {
            return false;
        }
        InetSocketAddress peer = new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), 0);
        for (IpSubnetFilterRule rule : rules) {
            if (rule.matches(peer)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The viewer's address: the last one in {@code X-Forwarded-For} that is no trusted proxy.
     *
     * @param peer the trusted peer's own address
     * @param forwardedFor the header's values, joined by commas; null if there was none
     */
    String viewer(String peer, String forwardedFor) {
        if (forwardedFor == null) {
            return peer;
        }
        String[] hops = forwardedFor.split(",");
        String viewer = peer;
        for (int i = hops.length - 1; i >= 0; i--) {
            String hop = hops[i].trim();
            if (!NetUtil.isValidIpV4Address(hop) && !NetUtil.isValidIpV6Address(hop)) {
                return viewer;
            }
            viewer = hop;
            if (!trusts(hop)) {
                return viewer;
            }
        }
        return viewer;
    }
}
