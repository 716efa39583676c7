/* What the compiler itself may call; there is no C library here. */
#include "ram_map.h"

void *memset(void *to, int value, unsigned int size) {
    for (u8 *at = to; size--;) *at++ = value;
    return to;
}

void *memcpy(void *to, const void *from, unsigned int size) {
    u32 *words = to;
    const u32 *source = from;
    if (!(((u32)to | (u32)from) & 3))
        for (; size >= 4; size -= 4) *words++ = *source++;
    u8 *at = (u8 *)words;
    for (const u8 *byte = (const u8 *)source; size--;) *at++ = *byte++;
    return to;
}
