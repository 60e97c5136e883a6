/* Inside the making of a packument's image: what its three parts share. packument_members.c reads
 * one version object, packument_versions.c makes the table of versions, packument_build.c the rest.
 */
#ifndef CPM_REGISTRY_PACKUMENT_BUILDER_H
#define CPM_REGISTRY_PACKUMENT_BUILDER_H

#include "registry/packument_pool.h"

struct cpm_image_builder {
    struct cpm_jsonread r;
    struct cpm_arena arena;
    struct cpm_buf text, versions, extra, tags, members, engines;
    struct cpm_image_pool pieces;
    struct cpm_str last[CPM_FIELD_COUNT]; /* the raw member of the version before, and its piece */
    uint32_t last_piece[CPM_FIELD_COUNT];
    uint32_t list, list_len; /* of the version before */
    uint32_t alien, latest;
    struct cpm_str last_tarball;
    struct cpm_str name;
    struct cpm_image_text message;
    struct cpm_jsonread time; /* where the value of "time" begins; .at NULL when there is none */
    uint32_t *by_order;       /* sorted place of each version by place in the document */
    bool license;
};

struct cpm_image_entry { /* a version being read */
    struct cpm_image_version v;
    struct cpm_str text;
    uint32_t piece[CPM_FIELD_COUNT]; /* CPM_IMAGE_NONE: absent */
};

struct cpm_image_text cpm_image_keep(struct cpm_image_builder *b, struct cpm_str s);
/* Reads the version object at b->r; false when the value is no object or after a fault. */
bool cpm_image_read_entry(struct cpm_image_builder *b, struct cpm_image_entry *e);
/* Reads the `versions` object at b->r into `to`; each version begins with `flags`. */
void cpm_image_read_versions(struct cpm_image_builder *b, struct cpm_buf *to, uint16_t flags);
/* Into ascending order, duplicates folded. */
void cpm_image_sort_versions(struct cpm_image_builder *b);
/* Index of exactly this text, or CPM_IMAGE_NONE. */
uint32_t cpm_image_find_version(const struct cpm_image_builder *b, struct cpm_str text);

#endif
