//! Table: networks that host servers or hide who uses them, by number. Where a policy or an export says something else, that
//! holds.
//!
//! Public numbers of large providers, and of those that incident reports name again and again. Microsoft's own (8075) is not
//! among them: its services sign in on behalf of people all day. A list like this is never whole; what is not on it counts
//! as a network of people.

/// In the order of their numbers.
const HOSTING: [u32; 110] = [
    2635, 3223, 3842, 5065, 7203, 7979, 8100, 8560, 8972, 9009, 9123, 10297, 10439, 11878, 12876, 13213,
    13335, 14061, 14576, 14618, 15169, 16125, 16276, 16509, 18450, 18978, 19318, 19527, 19844, 20454, 20473,
    20860, 21859, 22363, 22612, 23470, 23752, 24940, 24961, 25369, 26496, 28753, 29066, 29802, 30083, 30633,
    31173, 31898, 32097, 32244, 33182, 33387, 33438, 34549, 34989, 35540, 35916, 36007, 36351, 36352, 37963,
    39351, 39572, 40676, 42831, 43289, 43350, 44066, 44477, 44901, 45090, 45102, 46562, 46606, 46844, 47583,
    49367, 49505, 49981, 50673, 51167, 51396, 53667, 53755, 54290, 55081, 55286, 55990, 57043, 58061, 59253,
    60068, 60781, 61317, 62217, 62240, 62371, 62563, 63023, 63949, 132203, 135377, 136787, 136907, 197540,
    200019, 202425, 202448, 205016, 206092,
];

/// The same for numbers above those.
const HOSTING_LATER: [u32; 16] = [
    207990, 208323, 209103, 210558, 210644, 211252, 212238, 212370, 213230, 215540, 394711, 396356, 396982,
    397423, 399629, 400940,
];

/// Of these, those that people's private tunnels end in: strangers use them too.
const TUNNELS: [u32; 13] =
    [9009, 25369, 31173, 39351, 60068, 62240, 62371, 136787, 206092, 207990, 209103, 212238, 213230];

/// Whether private tunnels end in the network with this number.
pub(crate) fn is_tunnel(asn: u32) -> bool {
    TUNNELS.binary_search(&asn).is_ok()
}

/// Whether the network with this number hosts servers, or hides who uses it.
pub(crate) fn is_hosting(asn: u32) -> bool {
    HOSTING.binary_search(&asn).is_ok() || HOSTING_LATER.binary_search(&asn).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_tells_hosts_from_houses() {
        assert!(
            HOSTING.is_sorted_by(|one, next| one < next)
                && HOSTING_LATER.is_sorted_by(|one, next| one < next)
        );
        assert!([14061, 16509, 9009, 24940, 396_982, 399_629].into_iter().all(is_hosting));
        assert!(
            TUNNELS.is_sorted()
                && TUNNELS.into_iter().all(is_hosting)
                && is_tunnel(9009)
                && !is_tunnel(14061)
        );
        assert!(![7922, 3320, 174, 8075, 0].into_iter().any(is_hosting));
    }
}
