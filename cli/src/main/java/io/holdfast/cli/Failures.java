package io.holdfast.cli;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.command.Verb;
import io.holdfast.cli.output.Report;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
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
        Report report = shell.report(command.getCommand() instanceof Verb verb ? verb.output() : new OutputOptions());
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

    @Override
    public int handleParseException(ParameterException wrong, String[] arguments) {
        var err = shell.environment().screen().err();
        CommandLine command = wrong.getCommandLine();
        if (isGroup(command, arguments)) {
            command.usage(err);
            return ExitCodes.USAGE;
        }
        shell.report(new OutputOptions()).note(String.valueOf(wrong.getMessage()));
        var writer = new java.io.PrintWriter(err, true, java.nio.charset.StandardCharsets.UTF_8);
        UnmatchedArgumentException.printSuggestions(wrong, writer);
        String words = command.getCommandSpec().qualifiedName(" ");
        String root = command.getCommandSpec().root().name();
        String topic = words.equals(root) ? "" : words.substring(root.length());
        err.println("See '" + root + " help" + topic + "'.");
        err.flush();
        return ExitCodes.USAGE;
    }
}
