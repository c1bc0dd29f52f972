//! Finds the devices that the paper's experiments ran on, with number and memory: `2xA800`, `512 H200 GPUs`,
//! `A100-80GB`, `a single RTX 3090`.

use std::sync::LazyLock;

use memchr::memmem;

use super::mentions::Span;
use super::reading::ReadField;
use super::record::HardwareUse;
use super::rule::{Rule, rule};
use crate::vocabulary::{Entity, Kind};

const MAKERS: &str =
    r"(?:NVIDIA|Nvidia|AMD|Intel|INTEL|Google|Huawei|Apple|Tesla|GeForce|Instinct|Xilinx|Cloud|single|GPUs?|nodes? of)";

static COUNT_BEFORE: LazyLock<Rule> = LazyLock::new(|| {
    rule(&format!(
        r"(?i)(?:^|[\s(~])(?P<n>\d[\d,]*|(?:one|a)\ssingle|one|two|three|four|five|six|eight|ten|sixteen|an?|single)(?:\s?(?:x|×|\\times|\$\\times\$|times|\*)\s?|\s|~)(?:of\s|{MAKERS}\s|\d+\s?GB\s)*$"
    ))
});
// "the peak of an A100", "faster than a V100", "225 TFLOPs per A100": a device for comparison, not one that the
// experiments used.
rule!(MEASURED_AGAINST, r"(?i)(?:^|[\s(])(?:of|than|to|like|per|versus|vs\.?)\s(?:an?\s)?$");
rule!(COUNT_BEHIND, r"(?i)^(?:[-\s]\d+\s?GB)?(?:\sGPUs?)?\s?(?:\(?\s?(?:x|×|\*)\s?(?P<n>\d{1,5})\b)");
// "TPUv4-128", "v5e-256 pod": the chips of a slice.
rule!(SLICE_BEHIND, r"^-(?P<n>\d{1,5})\b(?:\s?x|\sGB|-)?");
// "2 nodes of 8 H100s each", "16 servers, each with 8 A100", "4 nodes (8 × A100 per node)": factors for the count.
rule!(
    NODES_BEFORE,
    r"(?i)(?:^|[\s(~])(?P<n>\d[\d,]*|one|two|three|four|five|six|eight|ten|sixteen)(?:\s?(?:x|×)\s?|\s)(?:(?:GPU|compute|DGX|cloud|HGX|server|cluster)[\s-])?(?:nodes?|servers?|machines?|hosts?|workstations?|boxes|instances?)(?:,?\s(?:of|each|with|having|equipped|containing|and|which|that|has|have|contains?|containing|carrying|comprising|consisting|per)|\s?\(|\s?[x×])*\s?(?:of\s|with\s)?$"
);
rule!(MEMORY_BEHIND, r"(?i)^[-\s(]{0,2}(?:PCIe|SXM\d?)?[-\s(]{0,2}(?P<gb>\d{1,3})\s?-?(?:GB|G\b)");
rule!(MEMORY_AFTER_GPU, r"(?i)^(?:\sGPUs?)?\s?(?:\(|with\s|of\s)(?P<gb>\d{1,3})\s?GB");
rule!(MEMORY_BEFORE, r"(?i)(?P<gb>\d{1,3})[\s-]?GB\s(?:NVIDIA\s|Nvidia\s|AMD\s)?$");
// "199 A100 GPU days": the number counts time.
rule!(
    TIME_BEHIND,
    r"(?i)^(?:[-\s]\d+\s?GB)?[-\s]?(?:GPUs?|TPUs?|NPUs?|cores?|chips?)?[-\s]?(?:hours?|hrs|days?|years?|months?)\b"
);
// A count and a memory size have something between them: "80GB GPUs" are not eight of "0GB".
rule!(
    GENERIC,
    r"(?i)(?:^|[\s(~])(?P<n>\d[\d,]*|(?:one|a)\ssingle|one|two|three|four|five|six|eight|ten|sixteen|single)(?:\s?(?:x\s?|×\s?|-)?|(?:\s?[x×]\s?|\s)(?P<memory>\d{1,3})\s?GB\s)(?:(?:NVIDIA|AMD|Intel|Google|consumer(?:-grade)?|commodity|desktop|gaming|high-end|modern|data-?center|server-grade|commercial|standard|mobile|ordinary)\s){0,2}(?P<name>GPUs?|TPUs?|NPUs?|CPUs?)(?P<after>[-\s]?(?:hours?|hrs|days?|years?|months?|memory|cores?|kernels?|threads?|seconds?|minutes?))?\b"
);

/// Uses of hardware, field by field; `spans` are the decided mentions of each field.
pub(super) fn find(fields: &[(&ReadField, &[Span])], entity: impl Fn(&Span) -> Option<Entity>) -> Vec<HardwareUse> {
    let mut uses: Vec<HardwareUse> = Vec::new();
    let mut generic: Vec<HardwareUse> = Vec::new();
    for (reading, spans) in fields {
        let devices: Vec<&Span> = spans.iter().filter(|s| s.entity.kind() == Kind::Hardware && !s.own).collect();
        for span in &devices {
            if entity(span).is_some_and(|e| is_not_a_computer(&e)) {
                continue;
            }
            add(&mut uses, device(reading, span));
        }
        if !names_a_unit(reading.folded.bytes()) {
            continue;
        }
        for found in GENERIC.captures_iter(reading.text) {
            let whole = found.get(0).expect("a match has a whole");
            let covered = devices.iter().any(|d| d.range.start < whole.end() && whole.start() < d.range.end);
            if covered || found.name("after").is_some() {
                continue;
            }
            let Some(n) = found.name("n") else { continue };
            let Some(count) = number(n.as_str()) else { continue };
            let name = found["name"].trim_end_matches(['s', 'S']).to_uppercase();
            let memory_gb = found.name("memory").and_then(|memory| gigabytes(memory.as_str()));
            let place = Some(reading.place(&(n.start()..whole.end())));
            add(&mut generic, HardwareUse { entity: None, name, count: Some(count), memory_gb, place });
        }
    }
    // "… on H100 GPUs. It scales to 1,024 GPUs": the count belongs to the one device that was named.
    let open: Vec<usize> = uses.iter().enumerate().filter(|(_, u)| u.count.is_none()).map(|(i, _)| i).collect();
    if uses.len() == 1
        && open.len() == 1
        && let Some(largest) = generic.iter().filter(|g| g.name == "GPU").filter_map(|g| g.count).max()
    {
        uses[0].count = Some(largest);
        generic.retain(|g| g.name != "GPU");
    }
    uses.extend(generic);
    uses
}

/// Whether a folded text has "gpu", "tpu", "npu" or "cpu".
fn names_a_unit(folded: &[u8]) -> bool {
    static UNIT: LazyLock<memmem::Finder> = LazyLock::new(|| memmem::Finder::new("pu"));
    UNIT.find_iter(folded).any(|at| matches!(folded[..at].last(), Some(b'g' | b't' | b'n' | b'c')))
}

/// Robots, cameras and other devices that experiments use but do not compute with.
fn is_not_a_computer(entity: &Entity) -> bool {
    entity.architecture.as_deref().is_some_and(|a| {
        matches!(a.to_lowercase().as_str(), "robot" | "camera" | "sensor" | "lidar" | "headset" | "hand" | "arm")
    })
}

fn device(reading: &ReadField, span: &Span) -> HardwareUse {
    let before = reading.before(span.range.start, 40);
    let after = reading.after(span.range.end, 40);
    let time = TIME_BEHIND.is_match(after);
    let memory_gb = [&*MEMORY_BEHIND, &*MEMORY_AFTER_GPU]
        .iter()
        .find_map(|rule| rule.captures(after))
        .or_else(|| MEMORY_BEFORE.captures(before))
        .or_else(|| MEMORY_BEHIND.captures(span.variant.as_deref().unwrap_or_default()))
        .and_then(|c| gigabytes(&c["gb"]));
    let count = if time {
        None
    } else if span.name.contains("TPU")
        && let Some(slice) = SLICE_BEHIND.captures(after)
    {
        number(&slice["n"])
    } else if let Some(found) = COUNT_BEFORE.captures(before)
        && let Some(each_has) = count_before(before)
    {
        let nodes = before[..found.name("n").map_or(0, |n| n.start())].trim_end_matches('(');
        let all = |nodes: u32| each_has.checked_mul(nodes);
        let wide = reading.before(span.range.start, 90);
        let wide = &wide[..wide.len() - (before.len() - nodes.len())];
        NODES_BEFORE.captures(wide).and_then(|c| number(&c["n"])).map_or(Some(each_has), all)
    } else if COUNT_BEFORE.is_match(before) {
        // An article before a device for comparison.
        None
    } else {
        COUNT_BEHIND.captures(after).and_then(|c| number(&c["n"]))
    };
    let place = Some(reading.place(&span.range));
    HardwareUse { entity: Some(span.entity.clone()), name: span.name.clone(), count, memory_gb, place }
}

/// The count before the name of a device. An article counts one device, unless the device is only there for comparison.
fn count_before(before: &str) -> Option<u32> {
    let found = COUNT_BEFORE.captures(before)?;
    let count = found.name("n")?;
    let is_article = matches!(count.as_str().to_lowercase().as_str(), "a" | "an");
    if is_article && MEASURED_AGAINST.is_match(before.get(..count.end() + 1).unwrap_or(before)) {
        return None;
    }
    number(count.as_str())
}

fn gigabytes(digits: &str) -> Option<u32> {
    digits.parse().ok().filter(|gigabytes| *gigabytes > 0)
}

fn number(word: &str) -> Option<u32> {
    let lower = word.to_lowercase();
    Some(match lower.as_str() {
        "a" | "an" | "one" | "single" | "a single" | "one single" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "eight" => 8,
        "ten" => 10,
        "sixteen" => 16,
        digits => digits.replace(',', "").parse().ok().filter(|n| (1..=10_000_000).contains(n))?,
    })
}

/// One statement for each device and count; one without a count only if no other says more.
fn add(uses: &mut Vec<HardwareUse>, new: HardwareUse) {
    let same = |u: &HardwareUse| u.name == new.name;
    if let Some(known) =
        uses.iter_mut().find(|u| same(u) && (u.count.is_none() || new.count.is_none() || u.count == new.count))
    {
        // The place of the count.
        if known.count.is_none() && new.count.is_some() {
            known.place = new.place;
        }
        known.count = known.count.or(new.count);
        known.memory_gb = known.memory_gb.or(new.memory_gb);
    } else {
        uses.push(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_something_is_measured_against_is_not_counted() {
        for used in ["trained on an ", "with a ", "using a single ", "on a cluster of two "] {
            assert!(count_before(used).is_some(), "{used}");
        }
        for compared in ["73% of the peak FLOPs of an ", "twice as fast as the memory of a ", "no slower than an "] {
            assert_eq!(count_before(compared), None, "{compared}");
        }
        assert_eq!(count_before("a share of a single "), Some(1), "a single one is said to be one");
    }

    #[test]
    fn a_memory_is_not_read_as_a_count() {
        let generic = |text: &str| {
            let found = GENERIC.captures(text)?;
            let memory = found.name("memory").and_then(|memory| gigabytes(memory.as_str()));
            Some((number(&found["n"])?, memory, found["name"].to_string()))
        };
        let gpus = |count, memory| Some((count, memory, "GPUs".to_string()));
        for none in ["on 80GB GPUs", "on 80 GB GPUs", "2048 A100 80GB GPUs", "0 GPUs"] {
            assert_eq!(generic(none), None, "{none}");
        }
        assert_eq!(generic("on eight 80GB GPUs"), gpus(8, Some(80)));
        assert_eq!(generic("(8x80 GB GPUs"), gpus(8, Some(80)));
        assert_eq!(generic("8 × 24GB GPUs"), gpus(8, Some(24)));
        assert_eq!(generic("1,024 GPUs"), gpus(1024, None));
        assert_eq!(generic("8xGPUs"), gpus(8, None));
        assert_eq!(generic("64GPUs"), gpus(64, None));
        assert_eq!(generic("a single 24 GB GPU"), Some((1, Some(24), "GPU".to_string())));
        assert_eq!(generic("two 0GB GPUs"), gpus(2, None));
    }

    fn uses(text: &str) -> Vec<(String, Option<u32>)> {
        let toml = "kind = \"hardware\"\nentity = [{ id = \"a100\", name = \"NVIDIA A100\", aliases = [\"A100\"] }, \
                    { id = \"tpu-v4\", name = \"Google TPU v4\", aliases = [\"TPU v4\"] }]";
        let vocabulary = crate::vocabulary::Vocabulary::from_texts([("test.toml", toml)]).unwrap();
        let paper = crate::paper::Paper { abstract_text: text.to_string(), ..crate::paper::Paper::titled("A title") };
        let extraction = crate::extract::Extractor::new(vocabulary).unwrap().extract(paper);
        extraction.hardware.into_iter().map(|used| (used.name, used.count)).collect()
    }

    fn one(name: &str, count: u32) -> Vec<(String, Option<u32>)> {
        vec![(name.to_string(), Some(count))]
    }

    #[test]
    fn a_slice_of_tpus_has_as_many_chips_as_its_name_says() {
        assert_eq!(uses("We train on TPUv4-128 for two days."), one("Google TPU v4", 128));
        assert_eq!(uses("Training uses a TPU v4-128 slice."), one("Google TPU v4", 128));
    }

    #[test]
    fn nodes_multiply_the_devices_that_each_has() {
        assert_eq!(uses("We train on 2 nodes of 8 A100s each."), one("NVIDIA A100", 16));
        assert_eq!(uses("It runs on 16 nodes, each with 8 NVIDIA A100 GPUs."), one("NVIDIA A100", 128));
        assert_eq!(uses("Each of 32 nodes has 4 A100 GPUs."), one("NVIDIA A100", 128));
        assert_eq!(uses("It uses 64 A100 GPUs on 8 nodes."), one("NVIDIA A100", 64));
    }

    #[test]
    fn gpus_without_a_name_are_counted() {
        assert_eq!(uses("It fits on a single consumer GPU."), one("GPU", 1));
        assert_eq!(uses("We use 8 NVIDIA GPUs."), one("GPU", 8));
    }
}
