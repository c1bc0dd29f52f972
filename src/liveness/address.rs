//! Which network addresses are public. Only public addresses are requested, unless private ones are allowed.
//!
//! The ranges are those of the IANA special-purpose registries (RFC 6890 and its successors). Every address that is not
//! globally reachable is refused, and so is every address that leads to one indirectly: IPv4 addresses embedded in
//! IPv6, and the gateways between the two protocols.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// First address and length of the prefix.
type Ipv4Block = (Ipv4Addr, u32);
type Ipv6Block = (Ipv6Addr, u32);

const PRIVATE_4: [Ipv4Block; 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // A cloud's platform service that lies outside every special range.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    // Link-local: the metadata services of most clouds.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Ranges within 2000::/3, which holds all public IPv6 addresses.
const PRIVATE_6: [Ipv6Block; 4] = [
    // Protocol assignments, Teredo among them.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    // 6to4 carries an IPv4 address.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

const PUBLIC_6: Ipv6Block = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// Addresses that a gateway translates to IPv4 (RFC 6052).
const NAT64: Ipv6Block = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Whether an address is globally reachable.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !PRIVATE_4.iter().any(|range| within_4(address, *range)),
        IpAddr::V6(address) => match inner(address) {
            Some(inner) => is_public(inner.into()),
            None => within_6(address, PUBLIC_6) && !PRIVATE_6.iter().any(|range| within_6(address, *range)),
        },
    }
}

/// The IPv4 address that an IPv6 address embeds.
fn inner(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let last = || Ipv4Addr::from((address.to_bits() & u128::from(u32::MAX)) as u32);
    address.to_ipv4_mapped().or_else(|| within_6(address, NAT64).then(last))
}

fn within_4(address: Ipv4Addr, (first, length): Ipv4Block) -> bool {
    let host_bits = 32 - length;
    address.to_bits() >> host_bits == first.to_bits() >> host_bits
}

fn within_6(address: Ipv6Addr, (first, length): Ipv6Block) -> bool {
    let host_bits = 128 - length;
    address.to_bits() >> host_bits == first.to_bits() >> host_bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_are_public() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "140.82.121.3",
            "100.63.255.255",
            "172.32.0.1",
            "192.1.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450:4001::200e",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn everything_else_is_not_in_whatever_disguise() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.19.0.1",
            "224.0.0.1",
            "239.255.255.255",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }
}
