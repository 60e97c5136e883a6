/* The layout of a packument image: one block of bytes without pointers, in the machine's byte order
 * (a cache does not travel). Made by packument_build.c, read by packument.c, nobody else.
 *
 *     header | versions | extra versions | tags | members | engines | text
 *
 * A list of members is what one version says of itself: raw JSON values ({"node":">=18"}), whose
 * texts are kept once however many versions repeat them. A list is kept once when neighbours agree.
 * A picked version is read with few places of memory looked at, since a solve reads one version of
 * very many packuments. All places are counted from the start of their table; `text` places from
 * the start of the text. */
#ifndef CPM_REGISTRY_PACKUMENT_IMAGE_H
#define CPM_REGISTRY_PACKUMENT_IMAGE_H

#include "registry/packument.h"

#define CPM_IMAGE_MAGIC "cpmpack4"
#define CPM_IMAGE_NONE  UINT32_MAX

struct cpm_image_text {
    uint32_t at, len;
};

enum cpm_image_field {
    CPM_FIELD_NAME,
    CPM_FIELD_VERSION,
    CPM_FIELD_DEPS,
    CPM_FIELD_OPTIONAL,
    CPM_FIELD_PEER,
    CPM_FIELD_PEER_META,
    CPM_FIELD_ACCEPT,
    CPM_FIELD_BUNDLE,
    CPM_FIELD_BUNDLED,
    CPM_FIELD_ENGINES,
    CPM_FIELD_OS,
    CPM_FIELD_CPU,
    CPM_FIELD_LIBC,
    CPM_FIELD_LICENSE,
    CPM_FIELD_FUNDING,
    CPM_FIELD_BIN,
    CPM_FIELD_DEPRECATED,
    CPM_FIELD_WORKSPACES,
    CPM_FIELD_SHRINKWRAP,
    CPM_FIELD_INSTALL_SCRIPT,
    CPM_FIELD_SCRIPTS, /* what they say of hasInstallScript; counts more than the other */
    CPM_FIELD_DIST,    /* kept apart: it never repeats */
    CPM_FIELD_COUNT
};

#define CPM_IMAGE_LEN_BITS 27

struct cpm_image_member {
    uint32_t at;
    uint32_t len : CPM_IMAGE_LEN_BITS;
    uint32_t field : 5; /* enum cpm_image_field */
};

enum cpm_image_flags { CPM_IMAGE_FULL = 1, CPM_IMAGE_TIME = 2 };

struct cpm_image_header {
    char magic[8];
    uint64_t checksum; /* of everything behind this field */
    uint64_t size;     /* of the whole image */
    uint32_t flags;
    uint32_t count; /* versions, ascending */
    uint32_t extra; /* staged and restricted versions behind them */
    uint32_t alien; /* version keys that are no semver: not kept, but npm counts them */
    uint32_t tags, members, engines;
    uint32_t latest;               /* the version with that tag, or CPM_IMAGE_NONE */
    struct cpm_image_text name;    /* "" when the document has none */
    struct cpm_image_text message; /* policyRestrictions.message */
};

enum cpm_image_version_flags {
    CPM_VERSION_DEPRECATED = 1,
    CPM_VERSION_STAGED = 2,
    CPM_VERSION_RESTRICTED = 4,
    CPM_VERSION_BIG = 8,        /* a number over 32 bits: parse the text */
    CPM_VERSION_SAME = 16,      /* manifest.version is the key's text */
    CPM_VERSION_TEMPLATE = 32,  /* tarball is its text + version + ".tgz" */
    CPM_VERSION_SHASUM = 64,    /* `digest` is dist.shasum, not dist.integrity */
    CPM_VERSION_SIGNED = 128,   /* the raw JSON of dist.signatures stands right behind `digest` */
    CPM_VERSION_ATTESTED = 256, /* there is a dist.attestations */
    CPM_VERSION_NORMAL = 512    /* `digest` is as cpm_integrity_normal would leave it */
};

struct cpm_image_version {
    int64_t time; /* CPM_TIME_NONE unknown, INT64_MAX no date */
    uint32_t number[3];
    uint32_t text;
    uint16_t text_len;
    uint16_t pre_at, pre_len, build_at, build_len; /* places within the version's text */
    uint16_t flags;
    uint32_t order;
    uint32_t list; /* the first member */
    uint16_t list_len;
    uint16_t signed_len; /* of the JSON behind `digest`; UINT16_MAX: so long or longer */
    uint32_t engines;    /* CPM_IMAGE_NONE: none */
    uint32_t tarball, digest;
    uint16_t tarball_len, digest_len;
};

struct cpm_image_tag {
    struct cpm_image_text tag, version;
    uint32_t index; /* into versions, or CPM_IMAGE_NONE */
};

struct cpm_image_engines {
    struct cpm_image_text node, npm;
};

struct cpm_packument {
    const char *bytes;
    size_t size;
    const struct cpm_image_header *head;
    const struct cpm_image_version *versions;
    const struct cpm_image_tag *tags;
    const struct cpm_image_member *members;
    const struct cpm_image_engines *engines;
    const char *text;
    size_t text_size;
    char *own; /* the bytes when they are the packument's own */
};

/* Finds the tables in `bytes`; false when they do not fit. */
bool cpm_packument_lay(struct cpm_packument *p, const char *bytes, size_t size);
uint64_t cpm_packument_checksum(const char *bytes, size_t size);

#endif
