/* Where ext4 puts the inodes of new files. */
#ifndef CPM_INSTALL_SPREAD_H
#define CPM_INSTALL_SPREAD_H

#include <stddef.h>

/* "SALT-LANE" for the lane that a numbered folder goes to. Folders made in a lane are neighbours;
 * each new lane lies elsewhere. The place is chosen by the name's hash: without the salt every run
 * would meet the inodes that the one before it freed. */
void cpm_spread_lane(unsigned salt, unsigned number, char *out, size_t size);
unsigned cpm_spread_salt(void);

/* Marks a folder so that ext4 places each new folder in it in a block group of its own choice, as
 * it does in the root, instead of beside its parent. Elsewhere: nothing.
 *
 * Why: ext4 does not give out an inode again for minutes after it was freed, and looks at each such
 * inode anew for each file it makes in the group. After a removed node_modules the groups around a
 * project are full of them: a new file then costs 100 to 500 us instead of 16 (measured). */
void cpm_spread(int dir);

#endif
