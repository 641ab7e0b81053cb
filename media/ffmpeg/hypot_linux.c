#include <math.h>

// glibc 2.35 has a new version of hypot, which is all that FFmpeg would want of it: with this one
// the program starts where there is 2.34. Nobody else is given it.
__attribute__((visibility("hidden"))) double hypot(double x, double y) {
	return (double)sqrtl((long double)x * x + (long double)y * y);
}
