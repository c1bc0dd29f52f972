//! A minimal client of the Model Context Protocol over standard input and output.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};

use crate::cli::kg;

pub(crate) struct Client {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    asked: u64,
    /// The server's description of itself.
    pub hello: Value,
}

impl Client {
    pub(crate) fn start(store: &Path, options: &[&str]) -> Self {
        let mut command = kg(store);
        command.arg("mcp").args(options).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let (input, output) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        let mut client = Self { process, input, output, asked: 0, hello: Value::Null };
        let hello = client.ask(
            "initialize",
            json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}),
        );
        client.hello = hello["result"].clone();
        client.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string());
        client
    }

    /// Sends a line unchanged.
    pub(crate) fn say(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(line.as_bytes()).unwrap();
        input.write_all(b"\n").unwrap();
        input.flush().unwrap();
    }

    /// Sends a request and returns the whole response.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.say(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string());
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server has ended");
            let response: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
            if response["id"] == id {
                return response;
            }
        }
    }

    /// The answer of a tool.
    pub(crate) fn answer(&mut self, tool: &str, arguments: Value) -> Value {
        let response = self.ask("tools/call", json!({"name": tool, "arguments": arguments}));
        let result = &response["result"];
        assert_eq!(result["isError"], false, "{tool}: {response}");
        // Hosts without structured answers read the same as text.
        let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(text, result["structuredContent"]);
        text
    }

    /// The error message of a tool.
    pub(crate) fn refusal(&mut self, tool: &str, arguments: Value) -> String {
        let response = self.ask("tools/call", json!({"name": tool, "arguments": arguments}));
        assert_eq!(response["result"]["isError"], true, "{tool}: {response}");
        response["result"]["content"][0]["text"].as_str().unwrap().to_string()
    }

    /// Closes the input, as a host does at its end, and waits for the exit code.
    pub(crate) fn end(mut self) -> Option<i32> {
        drop(self.input.take());
        self.process.wait().unwrap().code()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
