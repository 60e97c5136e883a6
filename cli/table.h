/* Rows in columns as npm's tables stand: two blanks between columns, none at a line's end. */
#ifndef CPM_CLI_TABLE_H
#define CPM_CLI_TABLE_H

#include "cli/paint.h"

struct cpm_cell {
    struct cpm_str text;
    enum cpm_paint paint;
};

struct cpm_table {
    const struct cpm_cell *cells; /* row by row */
    size_t columns, rows;
    const char *align; /* a letter a column: 'l' or 'r'; columns beyond it are left */
    bool color;
};

/* No newline behind the last row. */
void cpm_table_write(const struct cpm_table *table, struct cpm_buf *out);

#endif
