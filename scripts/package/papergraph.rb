# Template of the Homebrew formula; scripts/package.sh fills it in. No tap has it yet.
class Papergraph < Formula
  desc "Knowledge graph of machine-learning papers"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    url "@ADDRESS@/papergraph-@VERSION@-aarch64-apple-darwin.tar.gz"
    sha256 "@SHA256 aarch64-apple-darwin@"
    depends_on arch: :arm64
  end

  on_linux do
    on_intel do
      url "@ADDRESS@/papergraph-@VERSION@-x86_64-unknown-linux-gnu.tar.gz"
      sha256 "@SHA256 x86_64-unknown-linux-gnu@"
    end
    on_arm do
      url "@ADDRESS@/papergraph-@VERSION@-aarch64-unknown-linux-gnu.tar.gz"
      sha256 "@SHA256 aarch64-unknown-linux-gnu@"
    end
  end

  def install
    bin.install "kg"
    bash_completion.install "completions/kg.bash" => "kg"
    zsh_completion.install "completions/_kg"
    fish_completion.install "completions/kg.fish"
    pkgshare.install "examples/papers.jsonl"
  end

  test do
    system bin/"kg", "--store", testpath/"graph", "build", pkgshare/"papers.jsonl"
    assert_match "COCO", shell_output("#{bin}/kg --store #{testpath}/graph neighbors COCO")
  end
end
