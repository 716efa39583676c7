/* Values of fields whose names in ram_map.json are sentences; the enumeration's name stands behind each line. */
#pragma once
#include "ram_map.h"

enum { MODE_TITLE, MODE_DUNGEON, MODE_GROUND };                                     /* program_mode */
enum { VIEW_PLAY = 0, VIEW_BLANK = 1, VIEW_BOX = 2, VIEW_STRIP = 3, VIEW_FLOOR_TITLE = 4, VIEW_IDLE_MENU = 6,
       VIEW_MAIN_MENU = 7, VIEW_LOG = 9, VIEW_LIST = 10 };                          /* ui_mode */
enum { TEXT_CLOSED = 0, TEXT_PRINTING = 1, TEXT_CHOICE = 4, TEXT_CHOSEN = 5, TEXT_LAST_PAGE = 9,
       TEXT_CLOSING = 11 };                                                         /* text_state */
enum { TEXT_WAITS = 1 };                                                            /* text_flag */
enum { KIND_NONE, KIND_MONSTER, KIND_TRAP, KIND_ITEM };                             /* entity_kind */
enum { GROUND_MASK = 3, GROUND_FLOOR = 1, GROUND_SECONDARY = 2, IS_EXIT = 8, IS_BORDER = 0x10,
       IS_STAIRS = 0x200 };                                                         /* terrain_flag */
enum { ON_MAP = 1, SEEN = 2 };                                                      /* visibility_flag */
enum { SLOT_USED = 1, ITEM_STICKY = 8, ITEM_IS_SET = 0x10 };                        /* item_flag */
enum { MOVE_IS_SET = 8 };                                                           /* move_flag */
enum { RESULT_CLEARED = 9, RESULT_LEFT = 10, RESULT_LOST = 12 };                    /* start_mode */
enum { SOUTH, SOUTHEAST, EAST, NORTHEAST, NORTH, NORTHWEST, WEST, SOUTHWEST, NOWHERE = -1 };
enum { NOBODY = -1, LEADER = 0, PARTNER = 1 };
