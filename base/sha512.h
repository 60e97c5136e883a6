/* SHA-512 of a short text, computed here: for names of cache folders, which are needed before
 * anything else is and are no reason to load OpenSSL. Whatever is verified goes through digest.h.
 */
#ifndef CPM_BASE_SHA512_H
#define CPM_BASE_SHA512_H

#include "base/str.h"

#define CPM_SHA512_SIZE 64

void cpm_sha512(struct cpm_str bytes, unsigned char out[CPM_SHA512_SIZE]);

#endif
