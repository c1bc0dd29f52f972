//! Decides which words of a title page are names of people, and which are places of work or something else.

/// Words that occur in places of work and not in names of people.
const PLACES: [&str; 46] = [
    "university",
    "universität",
    "université",
    "universidad",
    "università",
    "universitat",
    "universiteit",
    "univ",
    "institute",
    "institut",
    "instituto",
    "department",
    "dept",
    "school",
    "college",
    "laboratory",
    "laboratories",
    "lab",
    "labs",
    "research",
    "center",
    "centre",
    "academy",
    "inc",
    "corporation",
    "corp",
    "ltd",
    "company",
    "group",
    "google",
    "microsoft",
    "facebook",
    "deepmind",
    "openai",
    "nvidia",
    "faculty",
    "technologies",
    "technology",
    "sciences",
    "science",
    "brain",
    "ai",
    "engineering",
    "informatics",
    "street",
    "road",
];

/// Small words inside names.
const PARTICLES: [&str; 22] = [
    "de", "la", "le", "van", "von", "der", "den", "del", "della", "di", "da", "dos", "du", "bin", "ibn", "al", "el",
    "ter", "ten", "zu", "af", "y",
];

/// Whether a text can be the name of a person.
pub(super) fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = |word: &str| word.trim_end_matches('.').to_lowercase();
    (2..=6).contains(&words.len())
        && words.iter().all(|word| {
            let capital = word.starts_with(char::is_uppercase);
            let letters = word.chars().all(|c| c.is_alphabetic() || "-–'’.‐".contains(c));
            letters && (capital || PARTICLES.contains(&plain(word).as_str()) || !word.is_ascii())
        })
        && words.iter().filter(|word| word.starts_with(|c: char| c.is_uppercase() || !c.is_ascii())).count() >= 2
        && !words.iter().any(|word| PLACES.contains(&plain(word).as_str()))
        && words.iter().any(|word| word.trim_end_matches('.').chars().count() > 1)
        && !["The", "In", "We", "For", "On", "Under", "Equal", "This"].contains(&words[0])
}
