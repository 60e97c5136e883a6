#include "cli/progress.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void assert_line(const struct cpm_progress_line *line, const struct cpm_progress *p,
                        size_t columns, const char *text)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 16);
    cpm_progress_line_text(line, p, columns, &out);
    assert_string_equal(cpm_buf_text(&out), text);
    cpm_buf_release(&out);
}

static void it_tells_what_how_many_how_much_and_how_fast(void **state)
{
    (void)state;
    struct cpm_progress_line line = {.rate = 1.3e6};
    struct cpm_progress p = {
        .what = "fetching", .done = 12, .total = 340, .bytes = 4200000, .name = CPM_STR("lodash")};
    assert_line(&line, &p, 200, "- fetching 12/340, 4.2 MB, 1.3 MB/s lodash");
    line.unicode = true;
    line.frame = 1;
    assert_line(&line, &p, 200, "⠙ fetching 12/340, 4.2 MB, 1.3 MB/s lodash");
}

static void what_is_not_known_is_left_out(void **state)
{
    (void)state;
    struct cpm_progress_line line = {0};
    struct cpm_progress p = {.what = "resolving", .done = 3};
    assert_line(&line, &p, 200, "- resolving 3");
    p.done = 0;
    assert_line(&line, &p, 200, "- resolving");
}

static void it_is_cut_at_the_width_between_characters(void **state)
{
    (void)state;
    struct cpm_progress_line line = {.unicode = true};
    struct cpm_progress p = {.what = "linking", .name = CPM_STR("漢字")};
    assert_line(&line, &p, 5, "⠋ lin");
    assert_line(&line, &p, 13, "⠋ linking 漢");
    assert_line(&line, &p, 11, "⠋ linking ");
}

static void a_name_cannot_break_out_of_the_line(void **state)
{
    (void)state;
    struct cpm_progress_line line = {0};
    struct cpm_progress p = {.what = "fetching", .name = CPM_STR("a\nb\033[2Jc")};
    assert_line(&line, &p, 200, "- fetching a b^[[2Jc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_tells_what_how_many_how_much_and_how_fast),
        cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(it_is_cut_at_the_width_between_characters),
        cmocka_unit_test(a_name_cannot_break_out_of_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
