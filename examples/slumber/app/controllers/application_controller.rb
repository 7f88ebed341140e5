# What every controller has in common.
class ApplicationController < ActionController::Base
end
