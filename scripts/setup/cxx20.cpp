// What RocksDB expects of the C++ compiler: C++20's language and library, and a program that links and runs. Only light
// headers, so that the trial takes a second on a busy machine.
#include <compare>
#include <concepts>
#include <span>
#include <string>

struct Level {
    int number;
    auto operator<=>(const Level &) const = default;
};

template <std::integral Number>
static Number sum(std::span<const Number> numbers) {
    Number total = 0;
    for (const Number number : numbers) total += number;
    return total;
}

int main() {
    const int numbers[] = {1, 2, 3};
    const std::string name = "rocksdb";
    const bool works = name.starts_with("rocks") && Level{.number = 1} < Level{.number = 2};
    return works && sum<int>(numbers) == 6 ? 0 : 1;
}
