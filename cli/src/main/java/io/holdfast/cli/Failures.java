package io.holdfast.cli;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.command.Answering;
import io.holdfast.cli.output.Report;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** How a verb that failed ends: a sentence with its code, no stack trace, and the exit code of the table. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {

    private final Shell shell;

    Failures(Shell shell) {
        this.shell = shell;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        return switch (failure) {
            case ApiException e -> tell(e.code(), e.detail(), command);
            case InterruptedException _ -> {
                Thread.currentThread().interrupt();
                shell.unfinished().tell(shell.environment().screen().err());
                yield ExitCodes.INTERRUPTED;
            }
            // A fault of ours: where it happened helps whoever repairs it, and holds no secret.
            default -> {
                failure.printStackTrace(shell.environment().screen().err());
                yield tell(ErrorCode.INTERNAL, "This is a fault of the command line itself: " + failure, command);
            }
        };
    }

    private int tell(ErrorCode code, String detail, CommandLine command) {
        int exit = ExitCodes.of(code);
        Report report =
                shell.report(command.getCommand() instanceof Answering verb ? verb.output() : new OutputOptions());
        report.note(detail + " (" + code.wire() + ")");
        if (report.json()) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("error", Map.of("code", code.wire(), "detail", detail));
            document.put("exitCode", exit);
            report.result(document, "");
        }
        return exit;
    }

    /** Whether only the name of a group of verbs was typed: its list helps more than a complaint. */
    private static boolean isGroup(CommandLine command, String... arguments) {
        boolean noVerb = !(command.getCommand() instanceof Runnable)
                && !command.getSubcommands().isEmpty();
        return noVerb && (arguments.length == 0 || arguments[arguments.length - 1].equals(command.getCommandName()));
    }

    /** That an option is missing is no help where it was mistyped. */
    private static ParameterException mistyped(ParameterException wrong, CommandLine command, String... arguments) {
        if (!(wrong instanceof MissingParameterException)) {
            return wrong;
        }
        var known = command.getCommandSpec().optionsMap().keySet();
        return Stream.of(arguments)
                .takeWhile(argument -> !argument.equals("--"))
                .filter(argument -> argument.startsWith("--"))
                .map(argument -> argument.split("=", 2)[0])
                .filter(option -> !known.contains(option))
                .<ParameterException>map(option -> new UnmatchedArgumentException(command, List.of(option)))
                .findFirst()
                .orElse(wrong);
    }

    private static String sentence(ParameterException wrong) {
        if (!(wrong instanceof UnmatchedArgumentException unmatched)) {
            return String.valueOf(wrong.getMessage());
        }
        String first = unmatched.getUnmatched().getFirst();
        if (first.startsWith("-")) {
            return "There is no option " + first + " here.";
        }
        return unmatched.getCommandLine().getSubcommands().isEmpty()
                ? "'" + first + "' is one argument too many."
                : "There is no verb '" + first + "'.";
    }

    @Override
    public int handleParseException(ParameterException wrong, String[] arguments) {
        var err = shell.environment().screen().err();
        CommandLine command = wrong.getCommandLine();
        if (isGroup(command, arguments)) {
            command.usage(err);
            return ExitCodes.USAGE;
        }
        ParameterException told = mistyped(wrong, command, arguments);
        shell.report(new OutputOptions()).note(sentence(told));
        var writer = new java.io.PrintWriter(err, true, java.nio.charset.StandardCharsets.UTF_8);
        UnmatchedArgumentException.printSuggestions(told, writer);
        String words = command.getCommandSpec().qualifiedName(" ");
        String root = command.getCommandSpec().root().name();
        String topic = words.equals(root) ? "" : words.substring(root.length());
        err.println("See '" + root + " help" + topic + "'.");
        err.flush();
        return ExitCodes.USAGE;
    }
}
