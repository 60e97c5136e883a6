/* Compiles a text and keeps what came of it, hands that to another machine, lets that one add to
 * it, and hands the sum to a third. Nothing is freed: the process that tries it ends. */
#include "base/mem.h"
#include "runtime/bytecode.h"

#include <math.h>

enum { MACHINES = 3, TEXTS = 2 };

static void on_gone(struct cpm_bytecode *program)
{
    (void)program;
}

/* NAN when it throws. */
static double call(JSContextRef ctx, JSValueRef fn, double argument)
{
    const JSValueRef arguments[] = {JSValueMakeNumber(ctx, argument)};
    JSValueRef error = NULL;
    JSValueRef value =
        JSObjectCallAsFunction(ctx, JSValueToObject(ctx, fn, NULL), NULL, 1, arguments, &error);

    return value && !error ? JSValueToNumber(ctx, value, NULL) : NAN;
}

/* What a machine makes of a text and what the one before it has kept; keeps the sum. */
static bool try_machine(const struct cpm_bytecode_calls *calls, int number, JSStringRef wide,
                        const char *text, struct cpm_str *kept)
{
    JSContextGroupRef group = JSContextGroupCreate();
    JSGlobalContextRef ctx = JSGlobalContextCreateInGroup(group, NULL);
    struct cpm_bytecode *program = cpm_calloc(1, sizeof(*program));
    JSValueRef error = NULL;

    *program = (struct cpm_bytecode){.group = group,
                                     .calls = calls,
                                     .text = cpm_str(text),
                                     .wide = wide,
                                     .hash = 77,
                                     .kept = *kept,
                                     .until = INT64_MAX,
                                     .gone = on_gone};
    JSValueRef fn = cpm_bytecode_evaluate(ctx, program, "/trial.js", &error);
    if (!fn || error || (program->made == NULL) != (number > 0))
        return false; /* it does not run, or the bytecode is not taken, or not made */
    if (call(ctx, fn, number) != (number ? 10 * number : -1))
        return false;
    size_t len = cpm_bytecode_size(program);
    if (number == MACHINES - 1)
        return len == 0;
    char *bytes = cpm_calloc(1, len + 1);
    *kept = cpm_str_n(bytes, len);
    return len > 0 && cpm_bytecode_write(program, bytes, len);
}

bool cpm_bytecode_try(void)
{
    static const char *const texts[] = {
        "(function (x) { const less = () => -1, ten = (y) => 10 * y; return x ? ten(x) : less(); "
        "})",
        "(function (x) { const less = () => -1, \xe4\xbd\xa0 = (y) => 10 * y; return x ? "
        "\xe4\xbd\xa0(x) : less(); })"};
    struct cpm_bytecode_calls calls;
    bool taken = cpm_bytecode_find(&calls);

    for (int i = 0; taken && i < TEXTS; i++) {
        struct cpm_str kept = CPM_STR_NONE;
        for (int number = 0; taken && number < MACHINES; number++)
            taken = try_machine(&calls, number, i ? JSStringCreateWithUTF8CString(texts[i]) : NULL,
                                texts[i], &kept);
    }
    return taken;
}
