#include <stdio.h>

int main(void) { return puts("waves") < 0; }
