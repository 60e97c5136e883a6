#include "cli/table.h"

#include <assert.h>

enum { COLUMNS_MAX = 16 };

static void write_row(const struct cpm_table *t, const struct cpm_cell *row, const size_t *widths,
                      struct cpm_buf *out)
{
    size_t last = t->columns, aligned = strlen(t->align);
    while (last > 0 && row[last - 1].text.len == 0)
        last--;
    for (size_t i = 0; i < last; i++) {
        int pad = (int)(widths[i] - cpm_str_js_length(row[i].text));
        bool right = i < aligned && t->align[i] == 'r';
        if (right)
            cpm_buf_addf(out, "%*s", pad, "");
        cpm_paint(out, t->color, row[i].paint, row[i].text);
        if (!right && i + 1 < last)
            cpm_buf_addf(out, "%*s", pad, "");
        if (i + 1 < last)
            cpm_buf_add_text(out, "  ");
    }
}

void cpm_table_write(const struct cpm_table *table, struct cpm_buf *out)
{
    size_t widths[COLUMNS_MAX] = {0};
    assert(table->columns <= COLUMNS_MAX);
    for (size_t i = 0; i < table->columns * table->rows; i++) {
        size_t w = cpm_str_js_length(table->cells[i].text);
        if (w > widths[i % table->columns])
            widths[i % table->columns] = w;
    }
    for (size_t r = 0; r < table->rows; r++) {
        if (r)
            cpm_buf_add_char(out, '\n');
        write_row(table, table->cells + r * table->columns, widths, out);
    }
}
