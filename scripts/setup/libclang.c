/* Loads libclang from FILE and has it parse HEADER, as bindgen does when it builds:
 *   libclang FILE HEADER [ARGUMENT...]
 * The declarations are those of libclang's own header Index.h, which need not be installed. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    const void *data;
    unsigned flags;
} Text;

static void *library;

static void *function(const char *name) {
    void *found = dlsym(library, name);
    if (!found) {
        fprintf(stderr, "it has no function %s\n", name);
        exit(1);
    }
    return found;
}

int main(int count, char **arguments) {
    if (count < 3) return 2;
    library = dlopen(arguments[1], RTLD_LAZY | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    void *(*create_index)(int, int) = function("clang_createIndex");
    int (*parse)(void *, const char *, char **, int, void *, unsigned, unsigned, void **) = function("clang_parseTranslationUnit2");
    unsigned (*diagnostics)(void *) = function("clang_getNumDiagnostics");
    void *(*diagnostic)(void *, unsigned) = function("clang_getDiagnostic");
    int (*severity)(void *) = function("clang_getDiagnosticSeverity");
    Text (*spelling)(void *) = function("clang_getDiagnosticSpelling");
    const char *(*characters)(Text) = function("clang_getCString");

    void *unit = NULL;
    if (parse(create_index(0, 0), arguments[2], arguments + 3, count - 3, NULL, 0, 0, &unit) != 0) {
        fprintf(stderr, "it cannot parse C\n");
        return 1;
    }
    for (unsigned i = 0; i < diagnostics(unit); ++i) {
        void *found = diagnostic(unit, i);
        /* 3 is an error, 4 a fatal one. */
        if (severity(found) >= 3) {
            fprintf(stderr, "%s\n", characters(spelling(found)));
            return 1;
        }
    }
    return 0;
}
