#include "cli/term.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void assert_shown(const char *text, size_t len, const char *shown)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 16);
    cpm_sanitize(&out, cpm_str_n(text, len));
    assert_string_equal(cpm_buf_text(&out), shown);
    cpm_buf_release(&out);
}
#define SHOWN(literal, shown) assert_shown(literal, sizeof(literal) - 1, shown)

static void plain_text_and_unicode_pass(void **state)
{
    (void)state;
    SHOWN("", "");
    SHOWN("a\tb\nc ~", "a\tb\nc ~");
    SHOWN("└─┬ é 漢 🎉", "└─┬ é 漢 🎉");
}

static void control_characters_become_carets(void **state)
{
    (void)state;
    SHOWN("\033[31mred\033]0;title\007", "^[[31mred^[]0;title^G");
    SHOWN("a\0b\bc", "a^@b^Hc");
}

static void a_lone_carriage_return_is_shown_and_a_line_end_is_not(void **state)
{
    (void)state;
    SHOWN("good\rbad", "good^Mbad");
    SHOWN("one\r\ntwo", "one\ntwo");
    SHOWN("end\r", "end^M");
}

static void c1_and_delete_and_bidi_controls_become_json_escapes(void **state)
{
    (void)state;
    SHOWN("\x7f", "\\u007f");
    SHOWN("\xc2\x9b"
          "31m",
          "\\u009b31m");
    SHOWN("\xe2\x80\xae"
          "cod.exe",
          "\\u202ecod.exe");
    SHOWN("\xe2\x81\xa6\xe2\x81\xa9", "\\u2066\\u2069");
}

static void malformed_utf8_is_shown_byte_by_byte(void **state)
{
    (void)state;
    SHOWN("\x9b", "\\x9b");
    SHOWN("\xc0\xaf", "\\xc0\\xaf");                   /* overlong */
    SHOWN("\xed\xa0\x80", "\\xed\\xa0\\x80");          /* a surrogate */
    SHOWN("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* past the last code point */
    SHOWN("\xe2\x82", "\\xe2\\x82");                   /* cut off */
    SHOWN("\xff", "\\xff");
}

static void nothing_dangerous_survives_any_pair_of_bytes(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++) {
            char text[2] = {(char)a, (char)b};
            struct cpm_buf out = CPM_BUF_INIT(256);
            cpm_sanitize(&out, cpm_str_n(text, 2));
            for (size_t i = 0; i < out.len; i++) {
                unsigned char c = (unsigned char)out.ptr[i];
                assert_true(c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f));
            }
            cpm_buf_release(&out);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_and_unicode_pass),
        cmocka_unit_test(control_characters_become_carets),
        cmocka_unit_test(a_lone_carriage_return_is_shown_and_a_line_end_is_not),
        cmocka_unit_test(c1_and_delete_and_bidi_controls_become_json_escapes),
        cmocka_unit_test(malformed_utf8_is_shown_byte_by_byte),
        cmocka_unit_test(nothing_dangerous_survives_any_pair_of_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
