/* Everybody but the leader: enemies step towards the team and strike, the partner follows and helps. */
#pragma once

void others_step(void);   /* decide and move; the walk is shown afterwards */
void others_attack(void); /* those that stand next to somebody they fight and did not move */
void spawn_in_time(void);
