/* Text boxes that wait for A, yes/no questions, and the strip at the bottom that waits for nobody. */
#pragma once
#include "baked.h"

const char *name_of(const struct Name *names, int id);
void begin_line(void);              /* lines are put together piece by piece */
void add(const char *text);
void add_number(int number);
const char *line(void);

void say(void);                     /* the line in a box, until A or B */
int ask(void);                      /* 1 for yes; B is refused, as in the original's dungeons */
void tell(void);                    /* the line in the strip and the log; commands are taken meanwhile */
int letters_shown(void);            /* of the box that is open */
