import sys
import _circle_b
late = 1
