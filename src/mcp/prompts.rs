//! Tasks that hosts offer to their users, as instructions for the model.

use rmcp::model::{GetPromptResult, JsonObject, Prompt, PromptArgument, PromptMessage, Role};

use super::failure::ToolFailure;

struct PromptTask {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    /// Name, meaning, and whether it is required.
    arguments: &'static [(&'static str, &'static str, bool)],
    /// Instructions with `{argument}` in place of each value.
    text: &'static str,
}

const TASKS: [PromptTask; 3] = [
    PromptTask {
        name: "related_work",
        title: "Related work for my draft",
        description: "Find the papers of the graph that a draft should cite, with the sentence that shows why",
        arguments: &[
            ("draft", "The abstract, or what the draft is about and what it names", true),
            ("since", "Only papers from this day on: 2024, 2024-07 or 2024-07-10", false),
        ],
        text: "\
Find related work for the draft below in the papergraph server. Consider papers from {since} on.

1. List the datasets, models, methods and tasks that the draft names. Resolve each with `search`, and note which the graph \
does not know.
2. Call `neighbors` for each with kind paper (relation introduces first, then evaluates-on, builds-on and compares-with). Call \
`search` with kind paper for the draft's own words, and `similar` for the two or three papers closest to it.
3. Keep the papers that come up in several ways or that introduce what the draft builds on. Call `evidence` or `read_paper` before \
you say what a paper does.
4. Answer with groups of papers, each paper with its id, date, one sentence on its relation to the draft, and the quoted evidence. \
Say how many papers of which years the graph covers (`graph` in every answer), and that work outside of them is not considered.

The draft:

{draft}",
    },
    PromptTask {
        name: "baselines_with_running_code",
        title: "Which baselines have running code",
        description: "Find systems on a dataset or task whose official code was alive at the last check",
        arguments: &[("topic", "A dataset, or a task, method or model", true)],
        text: "\
Find baselines with running code for {topic} in the papergraph server.

1. Resolve the name with `search`.
2. If it is a dataset, call `leaderboard` with runnable true, then without, and compare what is missing. Otherwise call \
`code_state` with live_only true, and `neighbors` with kind dataset to learn where such systems are evaluated.
3. Call `code_state` for each paper that you would recommend. `check: null` means that the link was never checked: say so, and \
suggest `kg check`. A verdict other than alive (archived, readme-only, moved …) belongs into your answer.
4. Answer with a table: system, paper with its id and date, result with its evidence, repository, state and day of the check, \
licence and last push where known. Results of different boards are not comparable; never put them in one order.",
    },
    PromptTask {
        name: "changes_on_board",
        title: "What changed on this board",
        description: "Who took the lead on a dataset, when, and with which evidence",
        arguments: &[
            ("dataset", "A dataset", true),
            ("since", "From this day on: 2024, 2024-07 or 2024-07-10", false),
        ],
        text: "\
Report what changed on the leaderboards of {dataset} from {since} on, in the papergraph server.

1. Call `leaderboard` with the dataset and history true, then with since alone for all new results.
2. For each board (task, variant and metric) say who led before, who took the lead when and by how much, and what else is new. \
Keep boards apart.
3. Quote the evidence of each result, or name its table and row. Say which results a paper claims for its own system and \
which it cites (`own`), and give `confidence` where it is below 0.9. The results are not verified.
4. Say what the graph covers (`graph` in every answer): a result that is not in these papers is not known here.",
    },
];

/// Length of the longest argument, in characters.
const LONGEST: usize = 50_000;

pub(super) fn all() -> Vec<Prompt> {
    TASKS
        .iter()
        .map(|task| {
            let arguments = task.arguments.iter().map(|(name, description, required)| {
                PromptArgument::new(*name).with_description(*description).with_required(*required)
            });
            Prompt::new(task.name, Some(task.description), Some(arguments.collect())).with_title(task.title)
        })
        .collect()
}

/// # Errors
/// If there is no such prompt, or an argument is missing or wrong.
pub(super) fn get(name: &str, arguments: &JsonObject) -> Result<GetPromptResult, ToolFailure> {
    let names: Vec<&str> = TASKS.iter().map(|task| task.name).collect();
    let task = TASKS.iter().find(|task| task.name == name).ok_or_else(|| {
        ToolFailure::new(format!("there is no prompt `{}`", crate::text::shorten(name, 60)))
            .help(format!("the prompts are {}", names.join(", ")))
    })?;
    let mut pieces: Vec<(String, bool)> = vec![(task.text.to_string(), false)];
    for (name, description, required) in task.arguments {
        let value = match arguments.get(*name) {
            Some(serde_json::Value::String(text)) if !text.trim().is_empty() => text.trim().to_string(),
            None | Some(serde_json::Value::Null) if !required => "any time".to_string(),
            Some(serde_json::Value::String(_)) if !required => "any time".to_string(),
            None | Some(serde_json::Value::Null | serde_json::Value::String(_)) => {
                return Err(ToolFailure::new(format!("the prompt needs `{name}`")).help(*description));
            }
            Some(_) => return Err(ToolFailure::new(format!("`{name}` is not a text")).help(*description)),
        };
        if value.chars().count() > LONGEST {
            return Err(ToolFailure::new(format!("`{name}` has more than {LONGEST} characters")));
        }
        // Braces in a value stay as they are: only the instructions are searched.
        pieces = pieces.into_iter().flat_map(|piece| filled(piece, name, &value)).collect();
    }
    let text: String = pieces.into_iter().map(|(text, _)| text).collect();
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]).with_description(task.description))
}

/// A piece of the instructions (`false`) or the value of an argument (`true`).
fn filled((text, is_value): (String, bool), name: &str, value: &str) -> Vec<(String, bool)> {
    if is_value {
        return vec![(text, true)];
    }
    let mut pieces = Vec::new();
    for (i, part) in text.split(&format!("{{{name}}}")).enumerate() {
        if i > 0 {
            pieces.push((value.to_string(), true));
        }
        pieces.push((part.to_string(), false));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(name: &str, arguments: serde_json::Value) -> Result<String, String> {
        let got = get(name, arguments.as_object().unwrap()).map_err(|failure| failure.to_string())?;
        Ok(serde_json::to_value(&got.messages[0]).unwrap()["content"]["text"].as_str().unwrap().to_string())
    }

    #[test]
    fn values_are_put_in_once_and_never_searched_themselves() {
        let draft = "We train {since} on COCO {draft}.";
        let said = text("related_work", json!({"draft": draft, "since": "2024"})).unwrap();
        assert!(said.contains("from 2024 on") && said.ends_with(draft), "{said}");
        let said = text("related_work", json!({"draft": "x"})).unwrap();
        assert!(said.contains("from any time on"), "{said}");
    }

    #[test]
    fn what_is_missing_or_wrong_is_an_error() {
        assert!(text("related_work", json!({})).unwrap_err().contains("needs `draft`"));
        assert!(text("related_work", json!({"draft": 7})).unwrap_err().contains("not a text"));
        assert!(text("write_my_paper", json!({})).unwrap_err().contains("related_work"));
    }
}
