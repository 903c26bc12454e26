//! The MD5 digest (RFC 1321) that a FLAC file holds of its samples, so that any player can tell damage.

/// A digest in the making.
#[derive(Clone, Debug)]
pub(super) struct Md5 {
    state: [u32; 4],
    /// Bytes heard.
    length: u64,
    /// The bytes that do not fill a block yet.
    rest: Vec<u8>,
}

const BLOCK: usize = 64;

/// Bits that each step of the four rounds turns by.
const TURNS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

/// `floor(2^32 |sin(i + 1)|)` (RFC 1321, 3.4).
#[rustfmt::skip]
const SINES: [u32; 64] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
    0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
    0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
    0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
    0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
    0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
    0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
];

impl Md5 {
    pub(super) fn new() -> Md5 {
        Md5 { state: [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476], length: 0, rest: Vec::new() }
    }

    /// Hears more bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        self.rest.extend_from_slice(bytes);
        let whole = self.rest.len() / BLOCK * BLOCK;
        for block in self.rest[..whole].chunks_exact(BLOCK) {
            self.state = mixed(self.state, block);
        }
        self.rest.drain(..whole);
    }

    /// The digest of all that was heard.
    pub(super) fn digest(mut self) -> [u8; 16] {
        let bits = self.length.wrapping_mul(8);
        let zeros = (2 * BLOCK - 9 - self.rest.len()) % BLOCK;
        self.push(&[[0x80].as_slice(), &vec![0; zeros], &bits.to_le_bytes()].concat());
        let mut digest = [0; 16];
        for (bytes, word) in digest.chunks_exact_mut(4).zip(self.state) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        digest
    }
}

fn mixed(state: [u32; 4], block: &[u8]) -> [u32; 4] {
    let word = |i: usize| u32::from_le_bytes(block[4 * i..4 * i + 4].try_into().expect("four bytes"));
    let [mut a, mut b, mut c, mut d] = state;
    for i in 0..64 {
        let (f, g) = match i / 16 {
            0 => ((b & c) | (!b & d), i),
            1 => ((d & b) | (!d & c), (5 * i + 1) % 16),
            2 => (b ^ c ^ d, (3 * i + 5) % 16),
            _ => (c ^ (b | !d), 7 * i % 16),
        };
        let sum = a.wrapping_add(f).wrapping_add(SINES[i]).wrapping_add(word(g));
        (a, d, c, b) = (d, c, b, b.wrapping_add(sum.rotate_left(TURNS[i / 16][i % 4])));
    }
    [a, b, c, d]
        .iter()
        .zip(state)
        .map(|(new, old)| old.wrapping_add(*new))
        .collect::<Vec<_>>()
        .try_into()
        .expect("four")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str, pieces: usize) -> String {
        let mut md5 = Md5::new();
        text.as_bytes().chunks(pieces).for_each(|piece| md5.push(piece));
        md5.digest().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_suite_of_rfc_1321() {
        let long = "1234567890".repeat(8);
        for (text, digest) in [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
            (&long, "57edf4a22be3c955ac49da2e2107b67a"),
        ] {
            for pieces in [1, 7, 64, 100] {
                assert_eq!(hex(text, pieces), digest);
            }
        }
    }
}
