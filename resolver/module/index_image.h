/* The resolution index while it is made: what the walk of a node_modules finds on the disk and
 * what the installer knows of it. A name or path is copied; all of it is released with the image.
 */
#ifndef CPM_RESOLVER_MODULE_INDEX_IMAGE_H
#define CPM_RESOLVER_MODULE_INDEX_IMAGE_H

#include "base/buf.h"
#include "resolver/module/index.h"

struct cpm_index_image {
    struct cpm_buf folders, names, entries, texts, packages;
    uint32_t *name_slots;
    uint32_t name_count, name_slot_count;
    size_t folder_begin; /* the first entry of the folder under way */
};

void cpm_index_image_init(struct cpm_index_image *image);
void cpm_index_image_release(struct cpm_index_image *image);
/* A name of the folder that the next cpm_index_image_folder ends. */
void cpm_index_image_entry(struct cpm_index_image *image, struct cpm_str name,
                           enum cpm_file_kind kind);
/* Takes the names back that no folder has yet. */
void cpm_index_image_drop(struct cpm_index_image *image);
/* What a package.json with that stamp says, as cpm_index_put_fields wrote it. */
struct cpm_index_image_package {
    struct cpm_index_stamp stamp;
    struct cpm_str fields;
};
/* `package`: NULL for a folder without, or with one that is no JSON object. */
void cpm_index_image_folder(struct cpm_index_image *image, struct cpm_str path,
                            const struct cpm_index_stamp *stamp,
                            const struct cpm_index_image_package *package);
/* The file's bytes; false when it became too large. */
bool cpm_index_image_finish(struct cpm_index_image *image, struct cpm_buf *out);

#endif
