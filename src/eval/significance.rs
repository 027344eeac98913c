//! Whether one ranking is better than another, or only happened to be on these queries.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Times that the signs are drawn. With ten thousand a probability of .05 is known to ±.004.
const DRAWS: u32 = 10_000;

/// The probability that two rankings which are equally good differ on average by as much as these do, or more: Fisher's
/// two-sided randomisation test over pairs (Smucker, Allan and Carterette, CIKM 2007). `differences` has one entry a
/// query. Between 0 and 1; the same for the same input.
#[must_use]
pub fn probability_of_chance(differences: &[f64]) -> f64 {
    let seen = differences.iter().sum::<f64>().abs();
    let mut as_large = 0u32;
    for draw in 0..DRAWS {
        let mut sum = 0.0;
        for (block, part) in (0u64..).zip(differences.chunks(64)) {
            let signs = xxh3_64_with_seed(&block.to_le_bytes(), u64::from(draw));
            for (bit, difference) in part.iter().enumerate() {
                sum += if signs >> bit & 1 == 0 { *difference } else { -difference };
            }
        }
        // Equal sums made in another order may differ in their last bits.
        as_large += u32::from(sum.abs() >= seen - 1e-12);
    }
    f64::from(as_large) / f64::from(DRAWS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_difference_is_no_chance_and_a_mixed_one_is() {
        let steady = [0.1; 30];
        assert!(probability_of_chance(&steady) < 0.001);
        let mixed: Vec<f64> = (0..30).map(|query| if query % 2 == 0 { 0.1 } else { -0.1 }).collect();
        assert!(probability_of_chance(&mixed) > 0.9);
        assert!((probability_of_chance(&[]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn few_queries_are_counted_as_the_exact_test_counts_them() {
        // Of the sixteen ways to draw the signs of four equal differences, two are as large as all plus.
        let probability = probability_of_chance(&[0.2; 4]);
        assert!((probability - 0.125).abs() < 0.015, "{probability}");
    }
}
