/* Whether the engine of this build takes bytecode as runtime/bytecode.c hands it over: compiles a
 * text and keeps what came of it, hands that to another machine, lets that one add to it, and hands
 * the sum to a third. Prints the engine's name for itself. A crash is an answer too. */
#include "base/mem.h"
#include "runtime/bytecode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MACHINES = 3, TEXTS = 2 };

static void require(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static void on_gone(struct cpm_bytecode *program)
{
    (void)program;
}

static double call(JSContextRef ctx, JSValueRef fn, double argument)
{
    const JSValueRef arguments[] = {JSValueMakeNumber(ctx, argument)};
    JSValueRef error = NULL;
    JSValueRef value =
        JSObjectCallAsFunction(ctx, JSValueToObject(ctx, fn, NULL), NULL, 1, arguments, &error);

    require(value && !error, "a function throws");
    return JSValueToNumber(ctx, value, NULL);
}

/* Every machine after the first gets what the one before it has kept. */
static void try_text(const struct cpm_bytecode_calls *calls, const char *text, bool is_wide)
{
    char *kept = NULL;
    size_t len = 0;

    for (int i = 0; i < MACHINES; i++) {
        JSContextGroupRef group = JSContextGroupCreate();
        JSGlobalContextRef ctx = JSGlobalContextCreateInGroup(group, NULL);
        struct cpm_bytecode *program = cpm_calloc(1, sizeof(*program));
        JSValueRef error = NULL;

        *program = (struct cpm_bytecode){.group = group,
                                         .calls = calls,
                                         .text = cpm_str(text),
                                         .hash = 77,
                                         .kept = {kept, len},
                                         .until = INT64_MAX,
                                         .gone = on_gone};
        if (is_wide)
            program->wide = JSStringCreateWithUTF8CString(text);
        JSValueRef fn = cpm_bytecode_evaluate(ctx, program, "/probe.js", &error);
        require(fn && !error, "the text does not run");
        require((program->made == NULL) == (i > 0), "bytecode is not taken, or not made");
        require(call(ctx, fn, i) == (i ? 10 * i : -1), "a function gives another value");
        require((cpm_bytecode_size(program) > 0) == (i < 2), "what is compiled is not told");
        if (i < 2) {
            len = cpm_bytecode_size(program);
            kept = cpm_calloc(1, len);
            require(cpm_bytecode_write(program, kept, len), "what is kept has another size");
        }
    }
}

int main(void)
{
    static const char *const texts[TEXTS] = {
        "(function (x) { const less = () => -1, ten = (y) => 10 * y; return x ? ten(x) : less(); "
        "})",
        "(function (x) { const less = () => -1, \xe4\xbd\xa0 = (y) => 10 * y; return x ? "
        "\xe4\xbd\xa0(x) : less(); })"};
    struct cpm_bytecode_calls calls;

    require(cpm_bytecode_find(&calls), "a function of the engine's is missing");
    for (int i = 0; i < TEXTS; i++)
        try_text(&calls, texts[i], i > 0);
    printf("%u", (unsigned)cpm_bytecode_engine());
    fflush(stdout);
    _Exit(cpm_bytecode_engine() == 0);
}
