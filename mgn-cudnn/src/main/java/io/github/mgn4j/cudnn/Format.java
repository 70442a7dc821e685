package io.github.mgn4j.cudnn;

/** The number formats of maps on the device; {@code kernels.cu} uses the same names. */
enum Format {
    F32(4, 23, -126, Float.MAX_VALUE),
    F16(2, 10, -14, 65504),
    BF16(2, 7, -126, 3.3895313892515355e38),
    /** Signed 8-bit integers in units of a map's scale. */
    S8(1, 0, 0, 127),
    /** Four bits of exponent, three of mantissa. Values above 448 become 448. */
    E4M3(1, 3, -6, 448);

    private final int bytes;
    private final int mantissa;
    private final int smallestExponent;
    private final double largest;

    Format(int bytes, int mantissa, int smallestExponent, double largest) {
        this.bytes = bytes;
        this.mantissa = mantissa;
        this.smallestExponent = smallestExponent;
        this.largest = largest;
    }

    int bytes() {
        return bytes;
    }

    /** Returns whether numbers are in units of a scale from calibration. */
    boolean scaled() {
        return this == S8 || this == E4M3;
    }

    /** Returns the largest finite number. */
    double largest() {
        return largest;
    }

    /** Returns the nearest number of this format, ties to even. */
    double round(double x) {
        if (this == S8) {
            return Math.min(largest, Math.max(-128, Math.rint(x)));
        }
        if (x == 0 || Double.isNaN(x)) {
            return x;
        }
        int exponent = Math.max(Math.getExponent(x), smallestExponent) - mantissa;
        double rounded = Math.rint(x * power(-exponent)) * power(exponent);
        if (Math.abs(rounded) > largest) {
            return Math.copySign(this == E4M3 ? largest : Double.POSITIVE_INFINITY, x);
        }
        return rounded;
    }

    /** Returns 2 to the power of an exponent of a normal number, much faster than {@link Math#scalb}. */
    private static double power(int exponent) {
        return Double.longBitsToDouble((long) (exponent + Double.MAX_EXPONENT) << 52);
    }

    /** Returns the bits of a number that {@link #round} has rounded. */
    int bits(double x) {
        return switch (this) {
            case F32 -> Float.floatToRawIntBits((float) x);
            case BF16 -> Float.floatToRawIntBits((float) x) >>> 16;
            case S8 -> (int) x & 0xff;
            case F16 -> bits(x, 5, 15);
            case E4M3 -> bits(x, 4, 7);
        };
    }

    private int bits(double x, int exponentBits, int bias) {
        int sign = Double.doubleToRawLongBits(x) < 0 ? 1 << (exponentBits + mantissa) : 0;
        double magnitude = Math.abs(x);
        int exponent = Math.max(Math.getExponent(magnitude), smallestExponent);
        int units = (int) (magnitude * power(mantissa - exponent)); // exact; contains the leading 1 of normal numbers
        return sign | (((exponent + bias - 1) << mantissa) + units);
    }
}
