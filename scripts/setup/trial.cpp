// What the build will do with the C++ compiler and with libclang, in one small program.
//
//   trial                   runs: the compiler and the linker work, with C++20's library
//   trial FILE HEADER [ARGUMENT...]  loads libclang from FILE and has it parse HEADER, as bindgen does
//   trial --find            prints the file that bindgen will load, or nothing
//
// The search is that of clang-sys, which bindgen loads libclang with (build/common.rs and build/dynamic.rs there): the
// folders in its order, the file names that it takes, the highest version, and the first of equals.

#include <dlfcn.h>

#include <algorithm>
#include <concepts>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

#ifdef __APPLE__
const std::string SUFFIX = ".dylib";
const std::vector<std::string> FOLDERS = {
    "/usr/local/opt/llvm*/lib/llvm*/lib",
    "/Library/Developer/CommandLineTools/usr/lib",
    "/Applications/Xcode.app/Contents/Developer/Toolchains/XcodeDefault.xctoolchain/usr/lib",
    "/usr/local/opt/llvm*/lib",
};
#else
const std::string SUFFIX = ".so";
const std::vector<std::string> FOLDERS = {
    "/usr/local/llvm*/lib*", "/usr/local/lib*/*/*", "/usr/local/lib*/*", "/usr/local/lib*",
    "/usr/lib*/*/*",         "/usr/lib*/*",         "/usr/lib*",
};
#endif

struct Library {
    fs::path path;
    std::vector<unsigned> version;
};

/// Whether `*` in the pattern, and nothing else, makes it the name.
static bool matches(const char *pattern, const char *name) {
    if (*pattern == '*') return matches(pattern + 1, name) || (*name && matches(pattern, name + 1));
    return *pattern == *name && (!*pattern || matches(pattern + 1, name + 1));
}

static std::vector<fs::path> entries(const fs::path &folder) {
    std::vector<fs::path> all;
    std::error_code ignored;
    for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored)) {
        all.push_back(entry->path());
        if (ignored) break;
    }
    std::sort(all.begin(), all.end());
    return all;
}

static std::vector<fs::path> folders_like(const std::string &pattern) {
    std::vector<fs::path> found = {"/"};
    std::stringstream parts(pattern);
    for (std::string part; std::getline(parts, part, '/');) {
        if (part.empty()) continue;
        std::vector<fs::path> next;
        std::error_code ignored;
        for (const auto &folder : found) {
            if (part.find('*') == std::string::npos) {
                next.push_back(folder / part);
                continue;
            }
            for (const auto &entry : entries(folder)) {
                if (matches(part.c_str(), entry.filename().c_str())) next.push_back(entry);
            }
        }
        std::erase_if(next, [&](const fs::path &path) { return !fs::is_directory(path, ignored); });
        found = next;
    }
    return found;
}

static bool is_libclang(const std::string &name) {
    if (name.find("-cpp.") != std::string::npos) return false;
    if (name == "libclang" + SUFFIX) return true;
#ifdef __APPLE__
    return false;
#else
    return matches("libclang-*.so", name.c_str()) || matches("libclang.so.*", name.c_str()) ||
           matches("libclang-*.so.*", name.c_str());
#endif
}

static std::vector<unsigned> version_in(const std::string &name) {
    std::string text;
    if (name.starts_with("libclang.so.")) {
        text = name.substr(12);
    } else if (name.starts_with("libclang-")) {
        text = name.substr(9, name.size() - 12);
    }
    std::vector<unsigned> version;
    std::stringstream parts(text);
    for (std::string part; std::getline(parts, part, '.');) {
        const bool number = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
        version.push_back(number ? static_cast<unsigned>(std::strtoul(part.c_str(), nullptr, 10)) : 0);
    }
    return version;
}

/// Of this program's word size; what is no shared library is passed over, as by clang-sys.
static bool is_library(const fs::path &path) {
#ifdef __APPLE__
    return fs::exists(path);
#else
    char head[5] = {};
    std::ifstream file(path, std::ios::binary);
    return file.read(head, 5) && std::string(head, 4) == "\x7f""ELF" && head[4] == (sizeof(void *) == 8 ? 2 : 1);
#endif
}

static void add(std::vector<Library> &found, const fs::path &folder) {
    for (const auto &path : entries(folder)) {
        const std::string name = path.filename().string();
        if (is_libclang(name) && is_library(path)) found.push_back({path, version_in(name)});
    }
}

static void add_list(std::vector<Library> &found, const char *variable) {
    std::stringstream folders(std::getenv(variable) ? std::getenv(variable) : "");
    for (std::string folder; std::getline(folders, folder, ':');) add(found, folder);
}

static std::string first_line_of(const std::string &command) {
    std::string line;
    if (FILE *pipe = popen(command.c_str(), "r")) {
        for (int c; (c = fgetc(pipe)) != EOF && c != '\n';) line.push_back(static_cast<char>(c));
        pclose(pipe);
    }
    return line;
}

static std::vector<Library> search() {
    std::vector<Library> found;
    if (const char *given = std::getenv("LIBCLANG_PATH")) {
        const fs::path path = given;
        if (is_libclang(path.filename().string()) && is_library(path)) return {{path, {}}};
        add(found, path);
        return found;
    }
    const std::string prefix = first_line_of("\"${LLVM_CONFIG_PATH:-llvm-config}\" --prefix 2>/dev/null");
    if (!prefix.empty()) {
        for (const char *folder : {"bin", "lib", "lib64"}) add(found, fs::path(prefix) / folder);
    }
#ifdef __APPLE__
    const std::string xcode = first_line_of("xcode-select --print-path 2>/dev/null");
    if (!xcode.empty()) add(found, fs::path(xcode) / "Toolchains/XcodeDefault.xctoolchain/usr/lib");
#endif
    add_list(found, "LD_LIBRARY_PATH");
    add_list(found, "LIBRARY_PATH");
    for (const auto &pattern : FOLDERS) {
        for (const auto &folder : folders_like(pattern)) add(found, folder);
    }
    return found;
}

template <typename Function>
    requires std::is_pointer_v<Function>
static Function function_of(void *library, const char *name) {
    if (void *function = dlsym(library, name)) return reinterpret_cast<Function>(function);
    throw std::string("it has no function ") + name;
}

/// 0 is what libclang's index.h gives as success, and 3 as an error that ends parsing's use.
static void parse(const char *file, const char *header, std::span<char *> arguments) {
    void *library = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
    if (!library) throw std::string(dlerror());
    struct Text {
        const void *data;
        unsigned flags;
    };
    const auto create = function_of<void *(*)(int, int)>(library, "clang_createIndex");
    const auto parse = function_of<int (*)(void *, const char *, char **, int, void *, unsigned, unsigned, void **)>(
        library, "clang_parseTranslationUnit2");
    const auto count = function_of<unsigned (*)(void *)>(library, "clang_getNumDiagnostics");
    const auto get = function_of<void *(*)(void *, unsigned)>(library, "clang_getDiagnostic");
    const auto severity = function_of<int (*)(void *)>(library, "clang_getDiagnosticSeverity");
    const auto spelling = function_of<Text (*)(void *)>(library, "clang_getDiagnosticSpelling");
    const auto text = function_of<const char *(*)(Text)>(library, "clang_getCString");
    void *unit = nullptr;
    if (parse(create(0, 0), header, arguments.data(), static_cast<int>(arguments.size()), nullptr, 0, 0, &unit) != 0) {
        throw std::string("it cannot parse C");
    }
    for (unsigned i = 0; i < count(unit); ++i) {
        void *diagnostic = get(unit, i);
        if (severity(diagnostic) >= 3) throw std::string(text(spelling(diagnostic)));
    }
}

int main(int count, char **arguments) {
    if (count < 2) return 0;
    try {
        if (std::string(arguments[1]) == "--find") {
            auto found = search();
            std::reverse(found.begin(), found.end());
            Library best;
            for (const auto &library : found) {
                if (best.path.empty() || library.version >= best.version) best = library;
            }
            std::cout << best.path.string() << '\n';
            return 0;
        }
        if (count < 3) return 2;
        parse(arguments[1], arguments[2], std::span<char *>(arguments + 3, arguments + count));
        return 0;
    } catch (const std::string &problem) {
        std::cerr << problem << '\n';
        return 1;
    } catch (const std::exception &problem) {
        std::cerr << problem.what() << '\n';
        return 1;
    }
}
