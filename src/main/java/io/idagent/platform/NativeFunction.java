package io.idagent.platform;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;
import java.util.Arrays;

/**
 * A function of a native library whose arguments are numbers: descriptors, flags, and addresses in {@link NativeMemory}.
 *
 * <p>Called by jffi itself, on which all of JNR rests. JNR's layers above it (jnr-ffi, jnr-posix) read annotations and generate
 * classes at every start, for 0.2 s and 24 MiB, and what they convert there is nothing here.
 *
 * <p>All arguments are 64 bits wide; a function that takes an int looks at the lower half alone, on x86-64 and on arm64. May be
 * used by several threads.
 */
final class NativeFunction {

    private static final Invoker INVOKER = Invoker.getInstance();
    private static final LastError LAST_ERROR = LastError.getInstance();
    private static final CallContext ONE = taking(1);
    private static final CallContext TWO = taking(2);
    private static final CallContext THREE = taking(3);
    private static final CallContext FOUR = taking(4);
    private static final CallContext FIVE = taking(5);

    /** Held: jffi closes a library that nobody holds, and the address would lead nowhere. */
    private final Library library;

    private final long address;

    private NativeFunction(Library library, long address) {
        this.library = library;
        this.address = address;
    }

    /** @throws UnsatisfiedLinkError if the C library that the JVM itself runs on has no such function */
    static NativeFunction named(String name) {
        return in(Library.getDefault(), name);
    }

    /** @throws UnsatisfiedLinkError if there is no such library, or no such function in it */
    static NativeFunction named(String name, String library) {
        return in(open(library), name);
    }

    /** @return whether it is there, and all that it needs */
    static boolean canLoad(String library) {
        return Library.getCachedInstance(library, Library.LAZY) != null;
    }

    /** The error number that the calling thread's last call has left, if that call says that it has failed. */
    static int lastError() {
        return LAST_ERROR.get();
    }

    /** What a system call has returned: the negated {@link Errno} if it says that it has failed. */
    static int result(long returned) {
        int value = (int) returned; // of a function that returns an int the upper half is anything
        return value == -1 ? -lastError() : value;
    }

    long call(long first) {
        return INVOKER.invokeL1(ONE, address, first);
    }

    long call(long first, long second) {
        return INVOKER.invokeL2(TWO, address, first, second);
    }

    long call(long first, long second, long third) {
        return INVOKER.invokeL3(THREE, address, first, second, third);
    }

    long call(long first, long second, long third, long fourth) {
        return INVOKER.invokeL4(FOUR, address, first, second, third, fourth);
    }

    long call(long first, long second, long third, long fourth, long fifth) {
        return INVOKER.invokeL5(FIVE, address, first, second, third, fourth, fifth);
    }

    /**
     * The result of a question, which changes nothing: it is asked again if it fails, and for its error number only then.
     */
    int ask(long first, long second, long third, long fourth, long fifth) {
        int value = (int) INVOKER.invokeL5NoErrno(FIVE, address, first, second, third, fourth, fifth);
        return value == -1 ? result(call(first, second, third, fourth, fifth)) : value;
    }

    private static Library open(String library) {
        Library opened = Library.getCachedInstance(library, Library.LAZY);
        if (opened == null) {
            throw new UnsatisfiedLinkError(Library.getLastError());
        }
        return opened;
    }

    private static NativeFunction in(Library library, String name) {
        long address = library.getSymbolAddress(name);
        if (address == 0) {
            throw new UnsatisfiedLinkError(Library.getLastError());
        }
        return new NativeFunction(library, address);
    }

    private static CallContext taking(int arguments) {
        Type[] types = new Type[arguments];
        Arrays.fill(types, Type.SINT64);
        boolean keepErrno = true;
        return CallContext.getCallContext(Type.SINT64, types, CallingConvention.DEFAULT, keepErrno);
    }
}
