/* The console's registers and memories, as far as they are used here. */
#pragma once
#include "ram_map.h"

void *memcpy(void *to, const void *from, unsigned int size);
void *memset(void *to, int value, unsigned int size);

#define REGISTER(address) (*(volatile u16 *)(address))
#define DISPCNT REGISTER(0x04000000)
#define DISPSTAT REGISTER(0x04000004)
#define BGCNT(n) REGISTER(0x04000008 + 2 * (n))
#define BGHOFS(n) REGISTER(0x04000010 + 4 * (n))
#define BGVOFS(n) REGISTER(0x04000012 + 4 * (n))
#define BLDCNT REGISTER(0x04000050)
#define BLDY REGISTER(0x04000054)
#define KEYINPUT REGISTER(0x04000130)
#define IE REGISTER(0x04000200)
#define WAITCNT REGISTER(0x04000204)
#define IME REGISTER(0x04000208)

#define BG_PALETTE ((volatile u16 *)0x05000000)
#define OBJ_PALETTE ((volatile u16 *)0x05000200)
#define TILES(block) ((volatile u16 *)(0x06000000 + 0x4000 * (block)))
#define MAP(block) ((volatile u16 *)(0x06000000 + 0x800 * (block)))
#define OBJ_TILES ((volatile u16 *)0x06010000)
#define OAM ((volatile u16 *)0x07000000)

#define RGB(r, g, b) ((r) | (g) << 5 | (b) << 10)

static inline void wait_for_vblank(void) {
    __asm__ volatile("swi 0x05" ::: "r0", "r1", "r2", "r3", "memory");
}
